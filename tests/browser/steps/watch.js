// What must not happen on any page, whatever the story: an error in the console, a refusal of the content security
// policy, a failed script, a 4xx or 5xx that the story does not name (`person.meets`), a request that leaves this machine.
// A mail is shown in a frame that runs no script; what Playwright itself puts into every frame is refused there too.
const SANDBOXED_MAIL = /^Blocked script execution in '[^']+\/messages\/[^/]+\/html'/;

export function watch(page) {
  const troubles = [];
  const note = (what) => troubles.push(`${what}  (on ${page.url()})`);
  page.on("console", (message) => {
    // What the console says of failed answers, the answers themselves say better.
    if (SANDBOXED_MAIL.test(message.text()) || message.text().startsWith("Failed to load resource")) return;
    if (message.type() === "error" || /content security policy/i.test(message.text())) note(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => note(`script: ${error.message}`));
  page.on("response", (answer) => {
    if (answer.status() >= 400) note(`${answer.status()} from ${answer.url()}`);
  });
  page.on("request", (request) => {
    const { protocol, hostname } = new URL(request.url());
    const here = hostname === "localhost" || hostname.endsWith(".localhost") || hostname.startsWith("127.");
    if (protocol.startsWith("http") && !here) note(`asked a stranger: ${request.url()}`);
  });
  return troubles;
}
