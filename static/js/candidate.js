// Adds the deadline in the device's own time. <time datetime="..." data-device-time="On this device:"> gets a line below it.
document.querySelectorAll("time[data-device-time]").forEach((time) => {
  const moment = new Date(time.dateTime);
  if (Number.isNaN(moment.getTime())) return;
  const words = new Intl.DateTimeFormat(document.documentElement.lang, {
    weekday: "long", day: "numeric", month: "long", hour: "numeric", minute: "2-digit", timeZoneName: "short",
  });
  const line = document.createElement("span");
  line.className = "device-time";
  line.textContent = `${time.dataset.deviceTime} ${words.format(moment)}`;
  time.after(line);
});
