// Finds what a screen reader would announce. It only reads the page, and runs anew for each question.
const IMPLICIT = [
  ['button', 'button, input[type=button], input[type=submit], summary'],
  ['link', 'a[href]'],
  ['heading', 'h1, h2, h3, h4, h5, h6'],
  ['checkbox', 'input[type=checkbox]'],
  ['radio', 'input[type=radio]'],
  ['searchbox', 'input[type=search]'],
  ['textbox', 'textarea, input:not([type]), input[type=text], input[type=tel], input[type=email], input[type=url], input[type=password], input[type=number], input[type=date], input[type=time], input[type=datetime-local]'],
  ['combobox', 'select'],
  ['option', 'option'],
  ['listitem', 'li'],
  ['list', 'ul, ol'],
  ['row', 'tr'],
  ['cell', 'td'],
  ['columnheader', 'th'],
  ['table', 'table'],
  ['navigation', 'nav'],
  ['main', 'main'],
  ['complementary', 'aside'],
  ['dialog', 'dialog'],
  ['img', 'img, svg[aria-label], svg[role=img]'],
  ['group', 'fieldset'],
];
const FIELDS = ['textbox', 'searchbox', 'combobox', 'checkbox', 'radio', 'spinbutton', 'switch', 'listbox'];

const fold = (text) => (text ?? '').replace(/\s+/g, ' ').trim();

function role(element) {
  const given = element.getAttribute('role');
  if (given) return given.split(' ')[0];
  return IMPLICIT.find(([, selector]) => element.matches(selector))?.[0] ?? '';
}

function visible(element) {
  // A check box may be drawn by its label and be itself transparent: size and visibility count, not opacity.
  const box = element.getBoundingClientRect();
  return box.width > 0 && box.height > 0 && getComputedStyle(element).visibility !== 'hidden' && !element.closest('[aria-hidden=true], [inert]');
}

// The text under an element, with the names of pictures in it, and without what is hidden from readers.
function content(element) {
  let text = '';
  for (const node of element.childNodes) {
    if (node.nodeType === Node.TEXT_NODE) text += node.textContent;
    else if (node.nodeType === Node.ELEMENT_NODE) {
      if (node.getAttribute('aria-hidden') === 'true' || node.hidden) continue;
      text += ` ${node.getAttribute('aria-label') ?? node.getAttribute('alt') ?? (node.tagName === 'svg' ? node.querySelector('title')?.textContent ?? '' : content(node))} `;
    }
  }
  return fold(text);
}

function name(element) {
  const by = element.getAttribute('aria-labelledby');
  if (by) {
    const text = by.split(/\s+/).map((id) => document.getElementById(id)).filter(Boolean).map(content).join(' ');
    if (fold(text)) return fold(text);
  }
  const given = element.getAttribute('aria-label');
  if (fold(given)) return fold(given);
  if (element.labels?.length) return fold([...element.labels].map(content).join(' '));
  if (element.tagName === 'FIELDSET') return fold(element.querySelector(':scope > legend')?.textContent);
  if (element.tagName === 'TABLE') return fold(element.caption?.textContent);
  if (element.tagName === 'IMG') return fold(element.alt);
  if (element.tagName === 'INPUT' && ['button', 'submit'].includes(element.type)) return fold(element.value);
  if (FIELDS.includes(role(element))) return fold(element.getAttribute('placeholder') ?? element.title);
  return content(element) || fold(element.title);
}

const describe = (element) => (element ? `${role(element) || element.tagName.toLowerCase()} "${name(element)}"` : 'nothing');

// What stands where a click on an element would land.
function covering(element) {
  const box = element.getBoundingClientRect();
  return `${describe(element)} is covered by ${describe(document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2))}`;
}

function ofRole(wanted) {
  // The hit that Enter would take.
  if (wanted === 'best hit') return [...document.querySelectorAll('[role=option][aria-selected=true]')].filter(visible);
  const roles = wanted === 'field' ? FIELDS : [wanted];
  const selectors = ['[role]', ...IMPLICIT.filter(([each]) => roles.includes(each)).map(([, selector]) => selector)];
  return [...document.querySelectorAll(selectors.join(', '))].filter((element) => roles.includes(role(element)) && visible(element));
}

function matches(wantedRole, wantedName) {
  const all = ofRole(wantedRole);
  const exact = all.filter((element) => name(element) === fold(wantedName));
  return exact.length > 0 ? exact : all.filter((element) => name(element).includes(fold(wantedName)));
}

function find(wantedRole, wantedName) {
  const found = matches(wantedRole, wantedName);
  if (found.length === 1) return found[0];
  const among = (found.length > 0 ? found : ofRole(wantedRole)).map(describe);
  return found.length > 0
    ? `${found.length} fit ${wantedRole} "${wantedName}": ${among.join('; ')}`
    : `no ${wantedRole} "${wantedName}"; there are: ${among.join('; ') || 'none of that role'}`;
}

// Chooses an option and tells the page as a person's choice would; answers the choices when there is no such option.
function choose(list, text) {
  const options = [...list.options];
  const option = options.find((each) => fold(each.label) === fold(text)) ?? options.find((each) => fold(each.label).includes(fold(text)));
  if (!option) return options.map((each) => `"${fold(each.label)}"`).join(', ');
  const setter = Object.getOwnPropertyDescriptor(HTMLSelectElement.prototype, 'value').set;
  setter.call(list, option.value);
  list.dispatchEvent(new Event('input', { bubbles: true }));
  list.dispatchEvent(new Event('change', { bubbles: true }));
  return null;
}
