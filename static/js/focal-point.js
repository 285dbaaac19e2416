// Sets the focal point on the picture and shows the crops; without it two numbers do.
const template = document.querySelector("#focal-point");
const [across, down] = ["x", "y"].map((axis) => document.querySelector(`#id_focal_${axis}`));
const WIDEST = 480; // pixels, of the picture one clicks on
const STEP = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

if (template && across && down) improve();

function improve() {
  const part = template.content.cloneNode(true).firstElementChild;
  const stage = part.querySelector(".focal-stage");
  const whole = stage.querySelector("canvas");
  const mark = stage.querySelector(".focal-mark");
  const crops = [...part.querySelectorAll(".focal-crops canvas")];
  part.hidden = true; // until there is a picture
  across.closest(".form-row").before(part);
  let picture = null;

  const point = () => [across, down].map((input) => inside(Number(input.value)));

  function draw() {
    if (!picture) return;
    const [x, y] = point();
    mark.style.left = `${x}%`; // physical: a picture has no direction of writing
    mark.style.top = `${y}%`;
    mark.setAttribute("aria-valuenow", x);
    mark.setAttribute("aria-valuetext", mark.dataset.text.replace("XX", x).replace("YY", y));
    for (const crop of crops) cut(picture, crop, x, y);
  }

  function move(x, y) {
    across.value = inside(x);
    down.value = inside(y);
    across.dispatchEvent(new Event("input", { bubbles: true }));
    draw();
  }

  function show(shown) {
    picture = shown;
    const scale = Math.min(1, WIDEST / shown.width, WIDEST / shown.height);
    whole.width = Math.max(1, Math.round(shown.width * scale));
    whole.height = Math.max(1, Math.round(shown.height * scale));
    whole.getContext("2d").drawImage(shown, 0, 0, whole.width, whole.height);
    part.hidden = false;
    draw();
  }

  whole.addEventListener("click", (event) => {
    const box = whole.getBoundingClientRect();
    move(
      ((event.clientX - box.left) / box.width) * 100,
      ((event.clientY - box.top) / box.height) * 100,
    );
    mark.focus({ preventScroll: true });
  });
  mark.addEventListener("keydown", (event) => {
    const step = STEP[event.key];
    if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const [x, y] = point();
    const far = event.shiftKey ? 10 : 1;
    move(x + step[0] * far, y + step[1] * far);
  });
  for (const input of [across, down]) input.addEventListener("input", draw);

  // A file just chosen is shown in place of the one that it will replace.
  document.querySelector("#id_file")?.addEventListener("change", async (event) => {
    const [file] = event.target.files;
    const chosen = file && (await createImageBitmap(file).catch(() => null));
    if (chosen) show(chosen);
  });
  if (template.dataset.picture) {
    const stored = new Image();
    stored.addEventListener("load", () => show(stored));
    stored.src = template.dataset.picture;
  }
}

function inside(percent) {
  return Math.round(Math.min(100, Math.max(0, percent || 0)));
}

// As the server cuts: the point in the middle, as far as the picture's edges allow.
function cut(picture, crop, x, y) {
  const ratio = Number(crop.dataset.ratio);
  const width = Math.min(picture.width, picture.height * ratio);
  const height = Math.min(picture.height, width / ratio);
  const between = (start, most) => Math.min(Math.max(0, start), most);
  const left = between((picture.width * x) / 100 - width / 2, picture.width - width);
  const top = between((picture.height * y) / 100 - height / 2, picture.height - height);
  crop.height = 120;
  crop.width = Math.round(crop.height * ratio);
  const drawing = crop.getContext("2d");
  drawing.drawImage(picture, left, top, width, height, 0, 0, crop.width, crop.height);
}
