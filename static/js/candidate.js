// Adds the deadline in the device's own time. <time datetime="..." data-device-time="On your device: "> gets a line below it.
document.querySelectorAll("time[data-device-time]").forEach((time) => {
  const moment = new Date(time.dateTime);
  if (Number.isNaN(moment.getTime())) return;
  const line = document.createElement("span");
  line.className = "device-time";
  line.textContent = time.dataset.deviceTime + new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "full", timeStyle: "short" }).format(moment);
  time.after(line);
});
