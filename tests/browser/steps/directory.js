// The company directory's own pages.

/** Signs in there, and agrees to what it tells us; a session of before is used. */
export async function proves(person, { email, password }) {
  await person.page.waitForURL(/127\.0\.0\.8|directory\.localhost/);
  if (await person.id("username").isVisible()) {
    await person.types("username", email);
    await person.presses("next");
    await person.types("password", password);
    await person.presses("login");
    await person.page.waitForLoadState();
  }
  if (person.page.url().includes("/consent")) await person.presses("allow");
}
