(() => {
  "use strict";
  const root = document.documentElement;
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const figures = read("figures");
  const locales = read("locales");
  const languages = Object.keys(figures);
  const darkWanted = window.matchMedia("(prefers-color-scheme: dark)");
  const drawn = new Set();
  let theme = "auto";
  let printing = false;

  // A page opened from disk may be refused a memory; it then forgets, and that is all.
  const remembered = (key) => { try { return localStorage.getItem(`coplant-${key}`); } catch { return null; } };
  const remember = (key, value) => { try { localStorage.setItem(`coplant-${key}`, value); } catch { /* forgets */ } };

  const each = (selector, act) => document.querySelectorAll(selector).forEach(act);
  const pressed = (selector, key, value) =>
    each(selector, (button) => button.setAttribute("aria-pressed", String(button.dataset[key] === value)));

  // Colours of figures are names of the style sheet, looked up for the theme that is shown.
  const coloured = (value, style) => {
    if (Array.isArray(value)) return value.map((one) => coloured(one, style));
    if (value && typeof value === "object") {
      return Object.fromEntries(Object.entries(value).map(([key, one]) =>
        [key, /color$/i.test(key) ? colour(one, style) : coloured(one, style)]));
    }
    return value;
  };
  const colour = (value, style) => {
    if (Array.isArray(value)) return value.map((one) => colour(one, style));
    const name = typeof value === "string" && /^var:(--[a-z0-9-]+)$/.exec(value);
    return name ? style.getPropertyValue(name[1]).trim() : value;
  };

  const axis = (given, ink, rule, grid) => ({
    color: ink, gridcolor: grid, linecolor: rule, zerolinecolor: rule, automargin: true, fixedrange: true, ...given,
    title: { standoff: 8, ...(given && given.title), font: { size: 12, color: ink } },
  });

  const draw = (place) => {
    const language = place.closest("[data-lang]").dataset.lang;
    const style = getComputedStyle(root);
    const value = (name) => style.getPropertyValue(name).trim();
    const figure = coloured(figures[language][place.dataset.figure], style);
    const [ink, rule, grid, surface] = [value("--soft"), value("--rule"), value("--grid"), value("--surface")];
    const layout = {
      ...figure.layout,
      width: printing ? 660 : undefined,
      autosize: !printing,
      paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
      font: { family: "system-ui, sans-serif", size: 12, color: ink },
      margin: { l: 8, r: 14, t: 12, b: 8, pad: 2 },
      hovermode: "closest", dragmode: false,
      hoverlabel: { bgcolor: surface, bordercolor: rule, font: { color: value("--ink"), size: 13 }, align: "left" },
      xaxis: axis({ showgrid: false, ...figure.layout.xaxis }, ink, rule, grid),
      yaxis: axis({ ...figure.layout.yaxis }, ink, rule, grid),
      ...(figure.layout.yaxis2 && { yaxis2: axis(figure.layout.yaxis2, ink, rule, grid) }),
    };
    const hidden = hiddenTraces(place.id);
    figure.data.forEach((trace, number) => { if (hidden.has(number)) trace.visible = false; });
    const names = { name: language, dictionary: {}, format: locales[language] };
    drawn.add(place);
    return Plotly.react(place, figure.data, layout, {
      displayModeBar: false, responsive: true, locale: language, locales: { [language]: names },
    });
  };

  const hiddenTraces = (id) => {
    const hidden = new Set();
    each(`.legend button[data-for="${id}"][aria-pressed="false"]`, (button) =>
      button.dataset.traces.split(" ").forEach((trace) => hidden.add(Number(trace))));
    return hidden;
  };

  // Figures of chapters that are not shown have no width to be drawn in.
  const charts = () => [...document.querySelectorAll(`article[data-lang="${root.lang}"] .chart`)]
    .filter((place) => !place.closest("[hidden]"));

  // One figure at a time, so that the page stays responsive while it draws itself.
  let turn = 0;
  const drawAll = async () => {
    const mine = ++turn;
    delete root.dataset.ready;
    for (const place of charts()) {
      await draw(place);
      await new Promise((next) => setTimeout(next, 0));
      if (mine !== turn) return;
    }
    root.dataset.ready = root.lang;
  };

  const shade = () => {
    const dark = !printing && (theme === "dark" || (theme === "auto" && darkWanted.matches));
    root.dataset.shade = dark ? "dark" : "light";
  };
  const setTheme = (wanted) => {
    theme = ["light", "dark"].includes(wanted) ? wanted : "auto";
    pressed("[data-set-theme]", "setTheme", theme);
    shade();
  };
  const setLanguage = (wanted) => {
    root.lang = languages.includes(wanted) ? wanted : languages[0];
    pressed("[data-set-language]", "setLanguage", root.lang);
  };

  const setChapter = (wanted) => {
    each("[data-chapters]", (select) => { select.selectedIndex = wanted; });
    each("[data-chapter]", (chapter) => { chapter.hidden = chapter.dataset.chapter !== String(wanted); });
  };

  each("[data-chapters]", (select) => select.addEventListener("change", () => {
    setChapter(select.selectedIndex);
    drawAll();
  }));
  each("[data-set-theme]", (button) => button.addEventListener("click", () => {
    setTheme(button.dataset.setTheme);
    remember("theme", theme);
    drawAll();
  }));
  each("[data-set-language]", (button) => button.addEventListener("click", () => {
    setLanguage(button.dataset.setLanguage);
    remember("language", root.lang);
    drawAll();
  }));
  each(".legend button", (button) => button.addEventListener("click", () => {
    button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));
    draw(document.getElementById(button.dataset.for));
  }));
  darkWanted.addEventListener("change", () => { if (theme === "auto") { shade(); drawAll(); } });
  const print = (on) => () => {
    printing = on;
    shade();
    charts().forEach(draw);
  };
  window.addEventListener("beforeprint", print(true));
  window.addEventListener("afterprint", print(false));

  const asked = (navigator.languages || [navigator.language]).map((tag) => tag.slice(0, 2));
  setChapter(0);
  setTheme(remembered("theme"));
  setLanguage(remembered("language") || asked.find((tag) => languages.includes(tag)));
  drawAll();
})();
