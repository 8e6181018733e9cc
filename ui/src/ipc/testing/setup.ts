// What jsdom lacks of a browser and our components use.
import { afterEach } from "vitest";
import { cleanup, configure } from "@testing-library/react";

afterEach(cleanup);

HTMLDialogElement.prototype.showModal ??= function showModal(this: HTMLDialogElement) {
  this.open = true;
};
HTMLDialogElement.prototype.close ??= function close(this: HTMLDialogElement) {
  this.open = false;
};
Element.prototype.scrollIntoView ??= () => undefined;
globalThis.CSS ??= {} as typeof CSS;
CSS.escape ??= (text: string) => text.replace(/["\\]/g, "\\$&");

// Machines that build and test at once are slow; a test still fails when the thing never comes.
configure({ asyncUtilTimeout: 8_000 });

// jsdom lays nothing out and so scrolls nothing.
Element.prototype.scrollTo ??= () => undefined;
