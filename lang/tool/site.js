"use strict";
(function () {
  const root = document.documentElement, nav = document.querySelector("nav");
  let kept = null;
  try { kept = localStorage.getItem("gd-theme"); } catch (e) { /* private windows have none */ }
  if (kept) root.dataset.theme = kept;
  document.getElementById("theme").onclick = function () {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    try { localStorage.setItem("gd-theme", root.dataset.theme); } catch (e) { /* it lasts for this page */ }
  };
  document.getElementById("contents").onclick = function () { nav.classList.toggle("open"); };

  const box = document.getElementById("search"), list = document.getElementById("found");
  function rank(page, words) {
    const name = page[0].toLowerCase(), text = (page[1] + " " + page[3]).toLowerCase();
    let sum = 0;
    for (const word of words) {
      if (name === word) sum += 100;
      else if (name.startsWith(word)) sum += 20;
      else if (name.includes(word)) sum += 10;
      else if (text.includes(word)) sum += 1;
      else return 0;
    }
    return sum;
  }
  function search() {
    const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
    list.textContent = "";
    if (!words.length) return;
    const found = PAGES.map(function (page) { return [rank(page, words), page]; })
      .filter(function (entry) { return entry[0] > 0; })
      .sort(function (a, b) { return b[0] - a[0]; }).slice(0, 20);
    for (const [, page] of found) {
      const item = document.createElement("li"), link = document.createElement("a"), small = document.createElement("small");
      link.href = page[2];
      link.textContent = page[0];
      small.textContent = page[4] === page[0] ? page[1] : page[1] + ": " + page[4].replace(/`/g, "");
      item.append(link, small);
      list.append(item);
    }
    if (!found.length) list.textContent = "no page holds these words";
  }
  box.oninput = search;
  box.onkeydown = function (event) {
    const first = list.querySelector("a");
    if (event.key === "Enter" && first) location.href = first.href;
  };
  document.addEventListener("keydown", function (event) {
    if (event.key === "/" && document.activeElement !== box) { event.preventDefault(); box.focus(); }
  });
  if (location.hash.startsWith("#search=")) { box.value = decodeURIComponent(location.hash.slice(8)); search(); }
})();
