"use strict";
const byId = (id) => document.getElementById(id);
const rows = [...document.querySelectorAll(".rule-row")];
const findings = JSON.parse(byId("findings").textContent);

function apply() {
  const text = byId("text").value.trim().toLowerCase();
  const level = byId("level").value;
  const differences = byId("differences").checked;
  let shown = 0;
  for (const row of rows) {
    const heading = row.querySelector("th");
    const fits = (!text || `${heading.textContent} ${heading.title}`.toLowerCase().includes(text))
      && (!level || row.dataset.level === level) && (!differences || "differs" in row.dataset);
    row.hidden = !fits;
    shown += fits;
  }
  for (const body of document.querySelectorAll("tbody")) {
    body.hidden = !body.querySelector(".rule-row:not([hidden])");
  }
  byId("count").textContent = `${shown} of ${rows.length} rules`;
  byId("nothing").hidden = shown > 0;
}

function part(title, text) {
  const heading = document.createElement("h4");
  heading.textContent = title;
  const code = document.createElement("div");
  code.className = "code";
  code.tabIndex = 0;
  code.textContent = text;
  byId("opened-parts").append(heading, code);
}

function open(key) {
  const found = findings[key];
  byId("opened-rule").textContent = key.split(":").slice(2).join(":");
  byId("opened-why").textContent = found.why;
  byId("opened-parts").replaceChildren();
  for (const [title, name] of [["Sent", "sent"], ["Came back", "reply"], ["curl", "curl"]]) {
    if (found[name]) part(title, found[name]);
  }
  byId("opened").showModal();
}

for (const id of ["text", "level", "differences"]) byId(id).addEventListener("input", apply);
byId("filters").addEventListener("submit", (event) => event.preventDefault());
document.addEventListener("click", (event) => {
  const cell = event.target.closest("[data-key]");
  if (cell) open(cell.dataset.key);
});
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && !event.target.matches("input") && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    byId("text").focus();
  }
});
apply();
