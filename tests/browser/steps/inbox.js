import { expect } from "@playwright/test";

/** The demo's mail, as a script reads it. People read theirs in the browser: `person.opensMail`. */
export class Inbox {
  constructor({ base_url, messages_url }) {
    this.baseUrl = base_url;
    this.messagesUrl = messages_url;
  }

  async to(address) {
    const answer = await fetch(`${this.messagesUrl}?to=${encodeURIComponent(address)}`);
    return answer.json();
  }

  /** The newest mail to `address` once there are `count`. */
  async newest(address, count = 1) {
    await expect.poll(async () => (await this.to(address)).length, { message: `${count} mails to ${address}` }).toBeGreaterThanOrEqual(count);
    return (await this.to(address))[0];
  }
}
