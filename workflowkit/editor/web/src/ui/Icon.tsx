/** The icons are drawn on a grid of 24, as strokes. */
const shapes = {
  plus: "M12 5v14M5 12h14",
  minus: "M5 12h14",
  close: "M6 6l12 12M18 6L6 18",
  search: "M11 4a7 7 0 1 1 0 14 7 7 0 0 1 0-14zM20 20l-4-4",
  undo: "M9 5L4 10l5 5M4 10h10a5 5 0 0 1 0 10h-3",
  redo: "M15 5l5 5-5 5M20 10H10a5 5 0 0 0 0 10h3",
  check: "M5 12.5l4.5 4.5L19 7.5",
  error: "M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17zM12 8v5M12 16.2v.1",
  warning: "M12 4l9 16H3zM12 10v4.5M12 17.2v.1",
  info: "M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17zM12 11v5.5M12 7.8v.1",
  trash: "M5 7h14M10 7V4.5h4V7M7 7l1 13h8l1-13M10.5 11v5.5M13.5 11v5.5",
  copy: "M9 9h10v11H9zM15 9V4H5v11h4",
  play: "M8 5l11 7-11 7z",
  more: "M5.5 12h.1M12 12h.1M18.4 12h.1",
  chevronDown: "M6 9.5l6 6 6-6",
  chevronRight: "M9.5 6l6 6-6 6",
  chevronLeft: "M14.5 6l-6 6 6 6",
  up: "M12 19V5M6 11l6-6 6 6",
  down: "M12 5v14M6 13l6 6 6-6",
  link: "M10 14a4 4 0 0 0 6 .4l3-3a4 4 0 0 0-5.700-5.700l-1 1M14 10a4 4 0 0 0-6-.4l-3 3a4 4 0 0 0 5.700 5.700l1-1",
  bolt: "M13 3L5 13.500h6L10.500 21 19 10.500h-6z",
  branch: "M6 4v6M6 10c0 5 12 3 12 8v2M18 4v4M6 20v-6M15.500 5.500L18 3l2.500 2.500",
  clock: "M12 3.500a8.500 8.500 0 1 1 0 17 8.500 8.500 0 0 1 0-17zM12 7.500V12l3 2",
  send: "M20.500 3.500L3.500 10l7 3.500 3.500 7zM10.500 13.500l4-4",
  bell: "M6 16V11a6 6 0 0 1 12 0v5l1.500 2h-15zM10 20.500h4",
  box: "M4 8l8-4 8 4v8l-8 4-8-4zM4 8l8 4 8-4M12 12v8",
  call: "M8 6h12v12H8M4 12h10M10.500 8.500L14 12l-3.500 3.500",
  list: "M9 6h11M9 12h11M9 18h11M4.500 6h.1M4.500 12h.1M4.500 18h.1",
  code: "M8.500 7l-5 5 5 5M15.500 7l5 5-5 5",
  braces: "M9 4H8a2 2 0 0 0-2 2v4l-2 2 2 2v4a2 2 0 0 0 2 2h1M15 4h1a2 2 0 0 1 2 2v4l2 2-2 2v4a2 2 0 0 1-2 2h-1",
  fit: "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5",
  map: "M4 6l5-2 6 2 5-2v14l-5 2-6-2-5 2zM9 4v14M15 6v14",
  tidy: "M12 3v4M7 7h10v4H7zM12 11v3M5 14h14M5 14v3M19 14v3M3 17h4v4H3zM17 17h4v4h-4z",
  keyboard: "M3 6h18v12H3zM7 10h.1M11 10h.1M15 10h.1M18 10h.1M8 14h8",
  download: "M12 4v11M7 11l5 5 5-5M4.500 20h15",
  upload: "M12 16V4.500M7 9l5-5 5 5M4.500 20h15",
  history: "M4 4v5h5M4.500 9a8.500 8.500 0 1 1-1 4M12 8v4.500l3 1.500",
  eye: "M2.500 12S6 5.500 12 5.500 21.500 12 21.500 12 18 18.500 12 18.500 2.500 12 2.500 12zM12 9.200a2.800 2.800 0 1 1 0 5.600 2.800 2.800 0 0 1 0-5.600z",
  settings: "M4 7h10M18 7h2M4 17h2M10 17h10M16 4.800a2.200 2.200 0 1 1 0 4.400 2.200 2.200 0 0 1 0-4.400zM8 14.800a2.200 2.200 0 1 1 0 4.400 2.200 2.200 0 0 1 0-4.400z",
  refresh: "M20 5v5h-5M4 19v-5h5M5 9.500a7.500 7.500 0 0 1 12.500-2.500L20 10M19 14.500A7.500 7.500 0 0 1 6.500 17L4 14",
  skip: "M5 5l8 7-8 7zM18 5v14",
  pause: "M8 5v14M16 5v14",
  flag: "M5 21V4M5 4.500c5-2.500 8 2.500 14 0v9c-6 2.500-9-2.500-14 0",
  home: "M4 11l8-7 8 7M6 9.500V20h12V9.500M10 20v-6h4v6",
} as const;

export type IconName = keyof typeof shapes;

export function Icon({ name, size = 16, className }: { name: IconName; size?: number; className?: string }) {
  return (
    <svg className={className ? `icon ${className}` : "icon"} width={size} height={size} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={shapes[name]} />
    </svg>
  );
}
