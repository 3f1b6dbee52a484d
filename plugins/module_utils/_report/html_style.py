# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How the report in HTML looks: on light and dark screens of any width, and on paper. Data alone."""

from __future__ import annotations

STYLE = """
:root {
  --page: #f4f6f8; --surface: #ffffff; --sunken: #f0f3f6; --ink: #17212b; --muted: #52606d; --line: #d9e0e6;
  --accent: #0b5a9e; --bar: #8fb3d3;
  --problem: #a8201a; --problem-soft: #fdeeec; --attention: #7a4a00; --attention-soft: #fff3dc;
  --ok: #17633a; --ok-soft: #e6f4ea;
  --attention-bar: #d98e1f; --problem-bar: #c8372f;
  color-scheme: light dark;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --page: #10151b; --surface: #181f27; --sunken: #202933; --ink: #e7ecf1; --muted: #a4b1bd; --line: #2e3944;
    --accent: #86bdf0; --bar: #4d769c;
    --problem: #ff9d94; --problem-soft: #3b1f1e; --attention: #f2c171; --attention-soft: #352a14;
    --ok: #86d7a5; --ok-soft: #16301f;
    --attention-bar: #d99a3a; --problem-bar: #e0675e;
  }
}
* { box-sizing: border-box; }
html { scroll-behavior: smooth; -webkit-text-size-adjust: 100%; }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
body {
  margin: 0; background: var(--page); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  font-variant-numeric: tabular-nums;
}
.wrap { max-width: 1180px; margin: 0 auto; padding: 0 24px; }
a { color: var(--accent); text-underline-offset: 2px; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 3px; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.skip { position: absolute; left: -9999px; }
.skip:focus { left: 24px; top: 8px; background: var(--surface); padding: 6px 12px; z-index: 2; }
header { background: var(--surface); border-bottom: 1px solid var(--line); padding: 28px 0 20px; }
.over { margin: 0; color: var(--muted); font-size: 13px; font-weight: 600; letter-spacing: .02em; }
h1 { margin: 2px 0 4px; font-size: 28px; line-height: 1.2; letter-spacing: -.01em; }
h2 { margin: 36px 0 12px; font-size: 18px; line-height: 1.3; }
h3 { margin: 0; font-size: 15px; line-height: 1.4; }
h4 { margin: 0 0 6px; font-size: 13px; color: var(--muted); }
.meta { margin: 0; color: var(--muted); }
nav ul { display: flex; flex-wrap: wrap; gap: 4px 18px; margin: 14px 0 0; padding: 0; list-style: none; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 12px; margin: 24px 0 0;
  padding: 0;
  list-style: none; }
.tiles li { background: var(--surface); border: 1px solid var(--line); border-radius: 8px; padding: 12px 16px; }
.tiles strong { display: block; font-size: 24px; line-height: 1.25; font-weight: 650; }
.tiles span { color: var(--muted); }
.tiles .wide { grid-column: span 2; }
.card { background: var(--surface); border: 1px solid var(--line); border-radius: 8px; }
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; }
caption { text-align: left; padding: 10px 14px 0; color: var(--muted); font-size: 13px; }
th, td { padding: 7px 14px; text-align: left; vertical-align: top; }
thead th { font-size: 12px; font-weight: 600; color: var(--muted); white-space: nowrap;
  border-bottom: 1px solid var(--line); }
tbody tr + tr > * { border-top: 1px solid var(--line); }
tbody th { font-weight: 600; overflow-wrap: anywhere; min-width: 9em; max-width: 22em; }
td .badge { white-space: nowrap; }
td small, th small { display: block; color: var(--muted); font-size: 13px; font-weight: 400; }
.nowrap { white-space: nowrap; }
.none { color: var(--muted); }
.badge { display: inline-flex; align-items: baseline; gap: 6px; padding: 1px 9px; border-radius: 99px; font-size: 13px;
  font-weight: 600; border: 1px solid currentColor; }
.badge i { font-style: normal; font-size: 11px; }
.problem { color: var(--problem); } .attention { color: var(--attention); } .ok { color: var(--ok); }
.badge.problem { background: var(--problem-soft); } .badge.attention { background: var(--attention-soft); }
.badge.ok { background: var(--ok-soft); }
code, pre { font: 13px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; }
code { overflow-wrap: anywhere; }
p code, li code { background: var(--sunken); border-radius: 4px; padding: 1px 4px; }
.paste { user-select: all; margin: 6px 0; padding: 8px 12px; background: var(--sunken); border: 1px solid var(--line);
  border-radius: 6px; white-space: pre-wrap; word-break: break-all; }
.steps { list-style: none; margin: 0; padding: 0; display: grid; gap: 12px; }
.steps > li { padding: 14px 18px; border-left: 4px solid var(--attention-bar); }
.steps > li.error { border-left-color: var(--problem-bar); }
.steps p { margin: 6px 0 0; max-width: 100ch; overflow-wrap: anywhere; }
.steps h3 { margin-top: 6px; overflow-wrap: anywhere; max-width: 100ch; }
.steps h3 code { font-weight: 500; }
.steps ol { margin: 8px 0 0; padding-left: 22px; max-width: 120ch; }
.steps details { margin-top: 8px; }
.steps .head { display: flex; flex-wrap: wrap; gap: 4px 12px; align-items: baseline; }
.where { color: var(--muted); }
.axis { position: relative; height: 18px; min-width: 260px; }
.axis span { position: absolute; top: 0; transform: translateX(-50%); white-space: nowrap; }
.line { min-width: 260px; width: 52%; vertical-align: middle; }
.line svg { display: block; width: 100%; height: 22px; }
.bar { fill: var(--bar); } .due { fill: var(--attention-bar); } .over-now { fill: var(--problem-bar); }
.today { fill: var(--ink); }
.legend { display: flex; flex-wrap: wrap; gap: 4px 20px; margin: 0; padding: 10px 14px; list-style: none;
  color: var(--muted);
  font-size: 13px; }
.legend svg { width: 26px; height: 14px; vertical-align: -2px; margin-right: 6px; }
details > summary { cursor: pointer; }
.environments { display: grid; gap: 8px; }
.environments > details > summary { padding: 10px 16px; display: flex; flex-wrap: wrap; gap: 4px 14px;
  align-items: baseline;
  list-style-position: inside; }
.environments > details > summary::before { content: "\\25B8"; color: var(--muted); width: 1em; }
.environments > details[open] > summary::before { content: "\\25BE"; }
.environments > details > summary::-webkit-details-marker { display: none; }
.environments h3 { overflow-wrap: anywhere; }
.inside { border-top: 1px solid var(--line); padding: 14px 16px 16px; display: grid; gap: 18px;
  grid-template-columns: repeat(auto-fit, minmax(min(400px, 100%), 1fr)); }
.inside > .full { grid-column: 1 / -1; min-width: 0; }
.inside > div { min-width: 0; }
dl { margin: 0; display: grid; grid-template-columns: max-content 1fr; gap: 2px 14px; }
dt { color: var(--muted); } dd { margin: 0; overflow-wrap: anywhere; min-width: 0; }
.inside ul { margin: 0; padding-left: 18px; overflow-wrap: anywhere; }
.inside table { border: 1px solid var(--line); border-radius: 6px; }
.more { padding: 10px 14px; border-top: 1px solid var(--line); }
footer { margin: 40px 0 0; padding: 18px 0 32px; color: var(--muted); font-size: 13px;
  border-top: 1px solid var(--line); }
@media (max-width: 640px) {
  .wrap { padding: 0 14px; }
  h1 { font-size: 23px; }
  .tiles { grid-template-columns: repeat(3, 1fr); gap: 8px; }
  .tiles li { padding: 8px 10px; }
  .tiles .wide { grid-column: 1 / -1; }
  .at-a-glance tbody th { position: sticky; left: 0; background: var(--surface); min-width: 7em; max-width: 9em;
    box-shadow: 1px 0 var(--line), 0 -1px var(--line); }
  .at-a-glance td:nth-last-child(2) { min-width: 10em; }
  th, td { padding: 8px 10px; }
}
@media print {
  @page { margin: 14mm; }
  body { background: #fff; font-size: 11px; }
  h1 { font-size: 20px; } h2 { font-size: 14px; margin-top: 22px; } h3 { font-size: 11px; }
  h4, td small, th small, code, pre, caption, thead th, .badge, .legend, footer { font-size: 10px; }
  .tiles strong { font-size: 14px; }
  .inside { grid-template-columns: 1fr 1fr; }
  header { padding-top: 0; }
  nav, .skip { display: none; }
  .wrap { max-width: none; padding: 0; }
  .scroll { overflow: visible; }
  th, td { padding: 4px 6px; }
  .badge, .paste, .bar, .due, .over-now, .today { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  details::details-content { content-visibility: visible; block-size: auto; }
  details:not([open]) > *:not(summary) { display: block; }
  details:not([open]) > .inside { display: grid; }
  tr, .steps > li, .tiles li { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
  a { color: inherit; text-decoration: none; }
}
"""
