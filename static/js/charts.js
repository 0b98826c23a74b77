// Draws each <figure data-chart> of components/chart.html. Chart.js is fetched only where a chart stands.
(() => {
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const load = (address) => new Promise((resolve, reject) => {
    if (window.Chart) return resolve();
    const script = document.createElement("script");
    script.src = address;
    script.onload = resolve;
    script.onerror = reject;
    document.head.append(script);
  });

  const marks = (list) => ({
    id: "marks",
    afterDatasetsDraw(chart) {
      const { ctx, chartArea, scales } = chart;
      list.forEach((mark) => {
        const at = chart.data.labels.indexOf(mark.at);
        if (at < 0) return;
        const x = scales.x.getPixelForValue(at);
        const end = x > (chartArea.left + chartArea.right) / 2;
        ctx.save();
        ctx.strokeStyle = ctx.fillStyle = colour("--warn");
        ctx.setLineDash([5, 4]);
        ctx.lineWidth = 1.5;
        ctx.beginPath();
        ctx.moveTo(x, chartArea.top);
        ctx.lineTo(x, chartArea.bottom);
        ctx.stroke();
        ctx.font = `600 12px ${colour("--font")}`;
        ctx.textAlign = end ? "right" : "left";
        ctx.fillText(mark.label, x + (end ? -6 : 6), chartArea.top + 10);
        ctx.restore();
      });
    },
  });

  const draw = (figure, data) => {
    const colours = ["--stock-reserved", "--info", "--ink"].map(colour);
    const lines = (data.lines || []).map((line, n) => ({
      type: "line", label: line.label, data: line.values, order: 0, tension: 0, borderWidth: 2.5, pointRadius: 2.5,
      borderColor: colours[n] || colours[2], backgroundColor: colours[n] || colours[2],
    }));
    const columns = {
      type: "bar", label: data.columns.label, data: data.columns.values, order: 1, borderRadius: 4, maxBarThickness: 56, categoryPercentage: 0.72, barPercentage: 1,
      backgroundColor: colour("--stock-available"),
    };
    const axis = { ticks: { color: colour("--muted"), precision: 0, maxRotation: 0 }, border: { display: false } };
    return new window.Chart(figure.querySelector("canvas"), {
      data: { labels: data.labels, datasets: [columns, ...lines] },
      plugins: [marks(data.marks || [])],
      options: {
        maintainAspectRatio: false,
        animation: false,
        font: { family: colour("--font") },
        interaction: { mode: "index", intersect: false },
        scales: { x: { ...axis, grid: { display: false } }, y: { ...axis, beginAtZero: true, grace: data.marks?.length ? "18%" : 0, grid: { color: colour("--line") } } },
        plugins: { legend: { align: "start", labels: { color: colour("--ink-2"), usePointStyle: true, boxHeight: 7 } } },
      },
    });
  };

  const set_up = async (figure) => {
    const data = JSON.parse(document.getElementById(figure.dataset.chart).textContent);
    const box = figure.querySelector("[data-chart-box]");
    const table = figure.querySelector("[data-chart-table]");
    const toggle = figure.querySelector("[data-chart-toggle]");
    await load(figure.dataset.chartLib);
    const show = (as_table) => { table.hidden = !as_table; box.hidden = as_table; toggle.setAttribute("aria-pressed", String(as_table)); };
    toggle.hidden = false;
    show(false);
    window.Chart.defaults.font.family = colour("--font");
    let chart = draw(figure, data);
    toggle.addEventListener("click", () => show(toggle.getAttribute("aria-pressed") !== "true"));
    document.addEventListener("portal:theme", () => { chart.destroy(); chart = draw(figure, data); });
  };
  document.querySelectorAll("[data-chart]").forEach(set_up);
})();
