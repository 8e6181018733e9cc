// What a key costs on this display before anything of ours is in it: the page gives way to one of a single field, and below it
// either the letters alone or as many plain rows as fill the pane of hits, written anew at every letter.
const [rows] = arguments;
document.documentElement.replaceChildren(document.createElement("head"), document.createElement("body"));
document.body.innerHTML = '<input data-search-field><div data-query=""></div>';
const [field, list] = document.body.children;
field.addEventListener("input", () => {
  const row = (_, at) => `<p><b>${field.value}</b> <span>row ${at}</span> <span>serum</span> <small>NPU${at}</small></p>`;
  list.innerHTML = rows === 0 ? field.value : Array.from({ length: rows }, row).join("");
  list.dataset.query = field.value;
});
field.focus();
