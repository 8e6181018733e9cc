// Printing a part of the page. What is printed is a copy that stands beside the application for as long as the desktop's own
// dialog takes: a dialog of the page lies above everything and would be cut at its edge.
const PRINTING = "printing";

/** Prints this element and nothing else. */
export function printElement(element: HTMLElement): void {
  const sheet = document.createElement("div");
  sheet.className = "print-sheet";
  const copy = element.cloneNode(true) as HTMLElement;
  copy.querySelectorAll("details").forEach((each) => (each.open = true));
  sheet.append(copy);
  document.body.append(sheet);
  document.documentElement.classList.add(PRINTING);
  const tidy = () => {
    sheet.remove();
    document.documentElement.classList.remove(PRINTING);
    window.removeEventListener("afterprint", tidy);
  };
  window.addEventListener("afterprint", tidy);
  window.print();
}
