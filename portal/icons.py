"""The portal's own line icons, drawn on a grid of 20. Decoration only: the word beside an icon carries the meaning."""

ICONS: dict[str, str] = {
    "today": "M3 9.5 10 4l7 5.5V16a1 1 0 0 1-1 1h-3.5v-4.5h-5V17H4a1 1 0 0 1-1-1z",
    "people": (
        "M7.5 9.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM2 17c0-3 2.4-5 5.5-5s5.5 2 5.5 5"
        "M13 3.8a3 3 0 0 1 0 5.4M15 12.4c1.9.7 3 2.4 3 4.6"
    ),
    "box": "M3 6.5 10 3l7 3.5v7L10 17l-7-3.5zM3 6.5l7 3.5 7-3.5M10 10v7",
    "results": "M3 17h14M5.5 14V9.5M10 14V4M14.5 14V7",
    "reports": "M5 2.5h7l3.5 3.5v11.5H5zM12 2.5V6h3.5M7.5 10h5M7.5 13.5h5",
    "setup": "M3 6h6M13 6h4M3 14h3M10 14h7M11 8a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM8 16a2 2 0 1 0 0-4 2 2 0 0 0 0 4z",
    "plus": "M10 4v12M4 10h12",
    "search": "M9 15a6 6 0 1 0 0-12 6 6 0 0 0 0 12zM13.5 13.5 17 17",
    "check": "M4 10.5 8 14.5 16 5.5",
    "close": "M5 5l10 10M15 5 5 15",
    "alert": "M10 3 18 16.5H2zM10 8v4M10 14v.4",
    "info": "M10 17.5a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15zM10 9.5v4M10 6.4v.3",
    "stop": "M7 2.5h6L17.5 7v6L13 17.5H7L2.5 13V7zM10 6.5v4.5M10 13.4v.3",
    "copy": "M7 7V3.5h9.5V13H13M3.5 7H13v9.5H3.5z",
    "user": "M10 10a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM3.5 17.5c0-3.5 2.9-5.5 6.5-5.5s6.5 2 6.5 5.5",
    "down": "M5 7.5l5 5 5-5",
    "next": "M7.5 5l5 5-5 5",
    "previous": "M12.5 5l-5 5 5 5",
    "more": "M4.5 10h.1M10 10h.1M15.5 10h.1",
    "theme": "M16.5 12A7 7 0 1 1 8 3.5a5.5 5.5 0 0 0 8.5 8.5z",
    "download": "M10 3v9M6 8.5l4 4 4-4M3.5 16.5h13",
    "upload": "M10 12.5v-9M6 7l4-4 4 4M3.5 16.5h13",
    "mail": "M2.5 5h15v10.5h-15zM2.5 5.5 10 11l7.5-5.5",
    "clock": "M10 17.5a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15zM10 5.5V10l3 2",
    "calendar": "M3 4.5h14V17H3zM3 8.5h14M6.5 2.5v3.5M13.5 2.5v3.5",
    "external": "M8 4H4v12h12v-4M11.5 3.5h5v5M16.5 3.5 9.5 10.5",
    "table": "M3 4h14v12H3zM3 8h14M3 12h14M8 4v12",
    "print": "M6 7V3h8v4M6 14H3V7h14v7h-3M6 11.5h8V17H6z",
}
