// Opens a branch of a provider, both given by name, and comes back with the milliseconds from the click until its first child
// was painted; without one, with the rows that there were. Only rows in sight are drawn, so it scrolls down until it is there.
const [provider, name, done] = arguments;
const tree = document.querySelector("[role=tree]");
const called = (row) => row.querySelector(".ellipsis").textContent;

/** Departments of several providers go by one name: only rows below the provider's own count. */
let reached = false;
const find = () =>
  [...document.querySelectorAll("[role=treeitem]")].find((row) => {
    if (row.ariaLevel === "1") reached = called(row) === provider;
    return reached && row.ariaExpanded === "false" && called(row) === name;
  });

const seek = () => {
  const row = find();
  if (row) return open(row);
  const before = tree.scrollTop;
  tree.scrollTop += tree.clientHeight / 2;
  if (tree.scrollTop === before) return done({ rows: tree.innerText });
  requestAnimationFrame(() => requestAnimationFrame(seek));
};

const open = (row) => {
  const began = performance.now();
  row.click();
  const wait = () => {
    const next = row.nextElementSibling;
    if (row.ariaExpanded !== "true" || !next || next.ariaBusy) return setTimeout(wait, 1);
    requestAnimationFrame(() => setTimeout(() => done(performance.now() - began)));
  };
  wait();
};
tree.scrollTop = 0;
requestAnimationFrame(() => requestAnimationFrame(seek));
