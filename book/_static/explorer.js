// An explorer without a kernel: all pictures were computed beforehand, a slider and a menu choose one of them.
function explorer(name, frames) {
  const place = document.getElementById("explorer-" + name);
  if (!place) return;
  const make = (tag, settings) => Object.assign(document.createElement(tag), settings);
  const picture = place.querySelector("img"), sentence = place.querySelector("p");
  const slider = make("input", {type: "range", min: 0, max: frames.values.length - 1, step: 1, value: frames.start[1]});
  const shown = make("output"), label = make("label", {textContent: frames.label + " "});
  const menu = make("select");
  frames.menu.forEach((text, k) => menu.add(new Option(text, k, k === frames.start[0], k === frames.start[0])));
  menu.setAttribute("aria-label", "setting");
  sentence.setAttribute("aria-live", "polite");
  label.append(slider, " ", shown);
  if (frames.menu.length > 1) place.prepend(menu);
  place.prepend(label);
  function draw() {
    picture.src = "data:image/png;base64," + frames.pictures[menu.value][slider.value];
    picture.alt = sentence.textContent = frames.sentences[menu.value][slider.value];
    shown.textContent = frames.values[slider.value];
    slider.setAttribute("aria-valuetext", frames.values[slider.value]);
  }
  slider.addEventListener("input", draw);
  menu.addEventListener("change", draw);
  draw();
}
