"""Small plots: a line of blocks for a terminal, and an SVG for a page."""

import html

BLOCKS = "▁▂▃▄▅▆▇█"
WIDTH, HEIGHT, LEFT, GAP = 720, 130, 70, 46


def blocks(values, width=60):
    """One character for each part of the values: its mean, between 0 and the largest."""
    means = []
    for i in range(min(width, len(values))):
        part = values[len(values) * i // min(width, len(values)) : len(values) * (i + 1) // min(width, len(values))]
        means.append(sum(part) / len(part))
    top = max(means, default=0) or 1
    return "".join(BLOCKS[min(len(BLOCKS) - 1, int(mean / top * len(BLOCKS)))] for mean in means)


def svg(panels, seconds):
    """Panels below each other over the same seconds: a title, a unit, a kind (line or dots), pairs of seconds and a value."""
    parts = []
    for place, (title, unit, kind, points) in enumerate(panels):
        top = 30 + place * (HEIGHT + GAP)
        most = max((value for _, value in points), default=0) * 1.05 or 1
        at = lambda when, value: (LEFT + when / seconds * WIDTH, top + HEIGHT - value / most * HEIGHT)
        parts.append(f'<text x="{LEFT}" y="{top - 8}">{html.escape(title)}</text>')
        parts.append(f'<rect x="{LEFT}" y="{top}" width="{WIDTH}" height="{HEIGHT}" fill="none" stroke="#bbb"/>')
        for value, y in ((most, top + 10), (0, top + HEIGHT)):
            parts.append(f'<text x="{LEFT - 6}" y="{y}" text-anchor="end">{value:.0f} {unit}</text>')
        if kind == "line":
            line = " ".join(f"{x:.1f},{y:.1f}" for x, y in (at(*point) for point in points))
            parts.append(f'<polyline points="{line}" fill="none" stroke="#1f5fa8" stroke-width="1.5"/>')
        else:
            parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="1.2" fill="#1f5fa8" fill-opacity="0.5"/>' for x, y in (at(*point) for point in points)]
    bottom = 30 + len(panels) * (HEIGHT + GAP) - GAP
    parts.append(f'<text x="{LEFT}" y="{bottom + 18}">0 s</text>')
    parts.append(f'<text x="{LEFT + WIDTH}" y="{bottom + 18}" text-anchor="end">{seconds:.0f} s</text>')
    size = f'width="{LEFT + WIDTH + 20}" height="{bottom + 30}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="12" fill="#333">\n' + "\n".join(parts) + "\n</svg>\n"
