"use strict";
const rules = [...document.querySelectorAll("details.rule")];
const byId = (id) => document.getElementById(id);
const filters = ["text", "verdict", "level", "provenance"].map(byId);
const texts = new Map(rules.map((rule) => [rule, rule.querySelector("summary").textContent.toLowerCase()]));

function apply() {
  const [text, verdict, level, provenance] = filters.map((each) => each.value.trim().toLowerCase());
  let shown = 0;
  for (const rule of rules) {
    const data = rule.dataset;
    const fits = (!text || texts.get(rule).includes(text)) && (!verdict || data.verdict === verdict)
      && (!level || data.level === level) && (!provenance || data.provenance.split(" ").includes(provenance));
    rule.hidden = !fits;
    shown += fits;
  }
  for (const family of document.querySelectorAll("section.family")) {
    family.hidden = !family.querySelector("details.rule:not([hidden])");
  }
  byId("count").textContent = `${shown} of ${rules.length} rules`;
  byId("nothing").hidden = shown > 0;
}

function reveal(rule) {
  if (rule.hidden) {
    for (const each of filters) each.value = "";
    apply();
  }
  rule.open = true;
  rule.scrollIntoView({ block: "start" });
  rule.querySelector("summary").focus({ preventScroll: true });
}

function go(step) {
  const found = rules.filter((rule) => !rule.hidden && rule.dataset.verdict === "fail");
  if (!found.length) return;
  const here = document.activeElement.closest("details.rule");
  let at = found.indexOf(here);
  if (at < 0 && step < 0) at = 0;
  reveal(found[(at + step + found.length) % found.length]);
}

function toHash() {
  const target = location.hash && byId(decodeURIComponent(location.hash.slice(1)));
  if (target && target.matches("details.rule")) reveal(target);
}

async function copy(button) {
  const text = button.parentElement.nextElementSibling.textContent;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
    button.focus();
  }
  button.textContent = "Copied";
  setTimeout(() => { button.textContent = "Copy"; }, 1500);
}

for (const each of filters) each.addEventListener("input", apply);
byId("filters").addEventListener("submit", (event) => event.preventDefault());
byId("next").addEventListener("click", () => go(1));
document.addEventListener("click", (event) => {
  if (event.target.matches("[data-copy]")) copy(event.target);
});
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.matches("input, select, textarea")) {
    if (event.key === "Escape") {  // which would empty a search field without a word
      event.preventDefault();
      event.target.blur();
    }
    return;
  }
  if (event.key === "/") { event.preventDefault(); byId("text").focus(); }
  if (event.key === "n") go(1);
  if (event.key === "p") go(-1);
});
addEventListener("hashchange", toHash);
toHash();
