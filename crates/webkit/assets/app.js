// What makes pages nicer; none needs it. No inline script exists, so that the strict policy can stay.

const root = document.documentElement;
const all = (selector, from = document) => from.querySelectorAll(selector);

// Show the password. The button is hidden until a script can work it.
for (const button of all("[data-reveal]")) {
  const input = document.getElementById(button.dataset.reveal);
  const [show, hide] = [button.getAttribute("aria-label"), button.dataset.hideLabel];
  const set = (shown) => {
    input.type = shown ? "text" : "password";
    button.setAttribute("aria-pressed", String(shown));
    button.setAttribute("aria-label", shown ? hide : show);
  };
  button.hidden = false;
  button.addEventListener("click", () => { set(input.type === "password"); input.focus(); });
  // Password managers and the browser's history of inputs look at the type.
  input.form?.addEventListener("submit", () => set(false));
}

// The first wrong field gets the focus, also where `autofocus` came too late.
all("[aria-invalid=true]")[0]?.focus();

// The theme changes without a reload.
for (const form of all("[data-theme-form]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = event.submitter;
    const body = new URLSearchParams(new FormData(form));
    body.set(button.name, button.value);
    if (button.value === "system") delete root.dataset.theme;
    else root.dataset.theme = button.value;
    for (const other of all("button", form)) other.removeAttribute("aria-current");
    button.setAttribute("aria-current", "true");
    const answer = await fetch(form.action, { method: "POST", body, redirect: "manual" }).catch(() => null);
    if (!answer || (answer.type !== "opaqueredirect" && !answer.ok)) location.reload();
  });
}

// Menus close on Escape, on a click elsewhere, and when another one opens.
const menus = () => all("details.pop[open]");
document.addEventListener("click", (event) => {
  for (const menu of menus()) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    for (const menu of menus()) { menu.open = false; menu.querySelector("summary").focus(); }
  }
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    const search = document.querySelector("[data-slash]");
    if (search) { event.preventDefault(); search.focus(); }
  }
});

// "Send again" waits: <button data-resend="30" data-wait="Send again in {seconds} s">.
for (const button of all("[data-resend]")) {
  const label = button.querySelector("span") ?? button;
  const text = label.textContent;
  let left = Number(button.dataset.resend);
  const tick = () => {
    button.disabled = left > 0;
    label.textContent = left > 0 ? button.dataset.wait.replace("{seconds}", left) : text;
    if (left-- > 0) setTimeout(tick, 1000);
  };
  tick();
}

// Confirmations: a link or button with data-dialog="id" opens that <dialog>; without a script it leads to a page.
document.addEventListener("click", (event) => {
  const opener = event.target.closest?.("[data-dialog]");
  const dialog = opener && document.getElementById(opener.dataset.dialog);
  if (dialog) { event.preventDefault(); dialog.showModal(); }
  const closer = event.target.closest?.("[data-close]");
  if (closer) { event.preventDefault(); closer.closest("dialog")?.close(); }
});

// A form is sent once. Coming back by the browser's history makes it usable again.
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || event.target.getAttribute("method") !== "post") return;
  if (event.target.dataset.sent) { event.preventDefault(); return; }
  event.target.dataset.sent = "1";
  for (const button of all("button:not([type=button])", event.target)) button.setAttribute("aria-disabled", "true");
});
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of all("form[data-sent]")) {
    delete form.dataset.sent;
    for (const button of all("[aria-disabled]", form)) button.removeAttribute("aria-disabled");
  }
});

// A box in the head of a list ticks all: <input type=checkbox data-all="member[]">.
for (const box of all("[data-all]")) {
  const boxes = () => [...all(`input[name="${CSS.escape(box.dataset.all)}"]`)];
  box.addEventListener("change", () => { for (const one of boxes()) one.checked = box.checked; });
  document.addEventListener("change", () => {
    const ticked = boxes().filter((one) => one.checked).length;
    box.checked = ticked > 0 && ticked === boxes().length;
    box.indeterminate = ticked > 0 && ticked < boxes().length;
  });
}
