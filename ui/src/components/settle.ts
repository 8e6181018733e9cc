// What is being typed counts when its field is left. Where a field is taken off the screen under the hands of the one who types,
// by a key that leads elsewhere or closes a dialog, it is left first: a field that vanishes tells nobody.
export function settleTyping(): void {
  const { activeElement } = document;
  if (activeElement instanceof HTMLElement && activeElement.matches("input, textarea, select")) activeElement.blur();
}
