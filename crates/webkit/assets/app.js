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

// An inbox by keyboard: j and k walk its rows, and the key that a form is named by leads into it, on its page or from the row.
const inbox = [...all("[data-inbox] > li > .who > a")];
const into = (key) => document.querySelector(`form[data-key="${CSS.escape(key)}"]`)?.querySelector("select, textarea, input:not([type=hidden])");
for (const hint of all("[data-keys]")) hint.hidden = false;
into(location.hash.slice(1))?.focus();
document.addEventListener("keydown", (event) => {
  if (event.target.closest?.("input, textarea, select, button, summary") || event.ctrlKey || event.metaKey || event.altKey) return;
  const at = inbox.indexOf(document.activeElement);
  const field = into(event.key);
  if (field) field.focus();
  else if (inbox.length && (event.key === "j" || event.key === "k")) inbox[Math.min(Math.max(at + (event.key === "j" ? 1 : -1), 0), inbox.length - 1)].focus();
  else if (at >= 0 && (event.key === "a" || event.key === "r")) location.assign(`${inbox[at].href}#${event.key}`);
  else return;
  event.preventDefault();
});

// A list with a selection: how many are selected, and to how many of them each button will do something.
const bulk = document.getElementById("bulk");
if (bulk) {
  const boxes = [...all('input[name="member[]"]')];
  const everyone = document.getElementById("select-all");
  const selected = bulk.querySelector("[data-selected]");
  const word = selected.textContent;
  const count = () => {
    const ticked = boxes.filter((box) => box.checked);
    const whole = everyone?.checked ?? false;
    bulk.hidden = ticked.length === 0 && !whole;
    const number = whole ? selected.dataset.selected : ticked.length;
    selected.textContent = number === "" ? word : `${word}: ${number}`;
    for (const button of all("button[name=deed]", bulk)) {
      const fits = ticked.filter((box) => box.dataset.deeds.split(" ").includes(button.value)).length;
      button.querySelector("[data-count]").textContent = whole ? "" : `${fits}/${ticked.length}`;
      button.hidden = !whole && fits === 0;
    }
  };
  // Shift takes everyone between this one and the last.
  let last = null;
  for (const box of boxes) box.addEventListener("click", (event) => {
    if (event.shiftKey && last) {
      const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((a, b) => a - b);
      for (const between of boxes.slice(from, to + 1)) between.checked = box.checked;
    }
    last = box;
  });
  // Arrows walk the rows, space selects, Enter opens.
  let at = -1;
  document.addEventListener("keydown", (event) => {
    if (event.target.closest("input:not([type=checkbox]), textarea, select, button, summary, .pop, .beside") || event.ctrlKey || event.metaKey || event.altKey) return;
    // From wherever the mouse or the tab key was.
    if (boxes.includes(document.activeElement)) at = boxes.indexOf(document.activeElement);
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      at = Math.min(Math.max(at + (event.key === "ArrowDown" ? 1 : -1), 0), boxes.length - 1);
      boxes[at].focus();
      for (const box of boxes) box.closest("tr").classList.toggle("at", box === boxes[at]);
      event.preventDefault();
    } else if (event.key === "Enter" && event.target === boxes[at]) {
      boxes[at].closest("tr").querySelector("a").click();
      event.preventDefault();
    }
  });
  document.addEventListener("change", () => queueMicrotask(count));
  addEventListener("pageshow", count);
  count();
}

// On wide screens a row's page opens beside its list, at the row's own address: <template id="beside"> holds the frame.
const frame = document.getElementById("beside");
const wide = matchMedia("(min-width: 1400px)");
if (frame) {
  const [list, title] = [location.href, document.title];
  const beside = frame.content.firstElementChild.cloneNode(true);
  const place = beside.querySelector(".content");
  let opener = null;
  const close = () => {
    beside.remove();
    root.classList.remove("has-beside");
    document.title = title;
    opener?.focus();
  };
  const open = async (address) => {
    const answer = await fetch(address).catch(() => null);
    const page = answer?.ok && !answer.redirected && new DOMParser().parseFromString(await answer.text(), "text/html");
    const there = page && page.getElementById("content");
    if (!there) { location.assign(address); return; }
    place.replaceChildren(...document.adoptNode(there).childNodes);
    beside.setAttribute("aria-label", place.querySelector("h1").textContent);
    document.querySelector(".main").append(beside);
    root.classList.add("has-beside");
    document.title = page.title;
    beside.scrollTop = 0;
    beside.focus();
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("tbody a");
    if (!link || !wide.matches || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || beside.contains(link)) return;
    event.preventDefault();
    opener = link;
    history[beside.isConnected ? "replaceState" : "pushState"]({ beside: link.href }, "", link.href);
    open(link.href);
  });
  beside.querySelector("#beside-close").addEventListener("click", () => history.back());
  document.addEventListener("keydown", (event) => {
    // Before the menus hear of it: an open one closes first.
    if (event.key === "Escape" && beside.isConnected && menus().length === 0) history.back();
  }, true);
  addEventListener("popstate", (event) => {
    if (event.state?.beside) open(event.state.beside);
    else if (location.href === list) close();
  });
}

// A page that goes on while one looks: <… id="x" data-follow="address"> is fetched anew until it says it is done.
const follow = async () => {
  const here = document.querySelector("[data-follow]");
  if (!here) return;
  await new Promise((wait) => setTimeout(wait, 800));
  const answer = await fetch(here.dataset.follow + location.search).catch(() => null);
  if (answer?.ok) {
    const there = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(here.id);
    if (there) here.replaceWith(document.adoptNode(there));
  }
  follow();
};
follow();
