/**
 * The style of the page for browsers.
 *
 * @module
 */

/**
 * CSS. Colours have a contrast of 4.5 to 1 at least to what is behind them, in
 * the light and in the dark.
 */
export const STYLE = `
:root {
  color-scheme: light dark;
  --page: #f4f5f7; --sheet: #fff; --text: #1a1f26; --muted: #59636e; --rule: #dde1e6;
  --up: #17703a; --up-tint: #e3f3e8; --band: #57ab74;
  --down: #b42318; --down-tint: #fdeceb;
  --wrong: #8a4b00; --wrong-tint: #fdf1dc;
  --unknown: #4b5a75; --unknown-tint: #e9edf5;
  font: 14px/1.4 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0e1116; --sheet: #161b22; --text: #e6e9ee; --muted: #9aa5b3; --rule: #2b323c;
    --up: #56c880; --up-tint: #12281b; --band: #348552;
    --down: #ff8a80; --down-tint: #35171a;
    --wrong: #f2b84b; --wrong-tint: #302411;
    --unknown: #a9b8d4; --unknown-tint: #1d2634;
  }
}
* { box-sizing: border-box }
body { margin: 0; background: var(--page); color: var(--text); font-variant-numeric: tabular-nums }
header, main, footer { max-width: 96rem; margin: 0 auto; padding: 0 1.5rem }
header { padding-top: 1.25rem }
.where { display: flex; flex-wrap: wrap; gap: 0 .75rem; margin: 0; color: var(--muted) }
.where b { color: var(--text); overflow-wrap: anywhere }
h1 { margin: .1rem 0 .9rem; font-size: 2rem; line-height: 1.2; letter-spacing: -.01em; color: var(--tone) }
h2 { margin: 0 0 .5rem; font-size: 1rem }
.up { --tone: var(--up); --tint: var(--up-tint) }
.down { --tone: var(--down); --tint: var(--down-tint) }
.wrong_address, .wrong_owner, .wrong_count, .losing { --tone: var(--wrong); --tint: var(--wrong-tint) }
.unknown { --tone: var(--unknown); --tint: var(--unknown-tint) }
.counts { display: flex; flex-wrap: wrap; gap: .5rem; margin: 0 0 1.25rem; padding: 0; list-style: none }
.counts li { padding: .3rem .8rem .35rem; border-radius: 6px; color: var(--tone); background: var(--tint) }
.counts b { margin-right: .15rem; font-size: 1.2rem }
.counts .zero { color: var(--muted); background: none; box-shadow: inset 0 0 0 1px var(--rule) }
.warnings { margin: 0 0 1.25rem; padding: .6rem 1rem .6rem 2rem; border-radius: 6px;
  color: var(--wrong); background: var(--wrong-tint); overflow-wrap: anywhere }
section { margin-bottom: 1.5rem }
table { width: 100%; border-collapse: collapse; background: var(--sheet); box-shadow: 0 0 0 1px var(--rule); border-radius: 6px }
th, td { padding: .45rem .6rem; text-align: left; vertical-align: top; font-weight: inherit; overflow-wrap: anywhere }
th, td, span, small, code, div, b, li, dd { unicode-bidi: isolate }
thead th { color: var(--muted); font-size: .8rem; white-space: nowrap }
tbody tr { border-top: 1px solid var(--rule) }
small { display: block; font-size: .8rem; color: var(--muted) }
small.want { color: var(--wrong) }
.count { color: var(--muted); font-weight: 400 }
.none { color: var(--muted) }
.badge { display: inline-block; padding: 0 .5rem; border-radius: 99px; white-space: nowrap; font-weight: 600;
  color: var(--tone); background: var(--tint); box-shadow: inset 0 0 0 1px }
.port .number { font-weight: 650; font-size: 1.05rem }
.port .protocol, .pid { color: var(--muted) }
.process, .name { font-weight: 500 }
code { display: block; font: .85rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace }
.group th { padding: .9rem .6rem .35rem; font-weight: 650 }
.strip { display: block; width: 100%; height: 22px }
.line { fill: var(--muted) }
.band { fill: var(--band) }
.bar { fill: var(--down) }
.words { display: block; font-size: .8rem; color: var(--muted) }
.words b { color: var(--text) }
footer { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(24rem, 100%), 1fr)); gap: 0 2.5rem; padding-top: .5rem; padding-bottom: 2rem }
footer nav { grid-column: 1 / -1; display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; border-top: 1px solid var(--rule); padding-top: .75rem }
a { color: inherit }
dl { display: grid; grid-template-columns: minmax(0, max-content) minmax(6rem, 1fr); gap: .15rem 1rem; margin: 0 }
dt { color: var(--muted) }
dd { margin: 0; overflow-wrap: anywhere }
small time, td.since { white-space: nowrap }
.legend { margin: .5rem 0 0; font-size: .8rem; color: var(--muted) }
.legend .strip { display: inline-block; width: 6rem; height: 14px; vertical-align: -2px }
.sources { display: flex; flex-wrap: wrap; gap: .4rem .6rem; margin: 0; padding: 0; list-style: none }
@media (min-width: 64em) {
  .targets { table-layout: fixed }
  .targets thead th { position: sticky; top: 0; z-index: 1; background: var(--sheet); box-shadow: inset 0 -1px var(--rule) }
  .targets th:nth-child(1) { width: 11rem }
  .targets th:nth-child(3) { width: 9.5rem }
  .targets th:nth-child(5) { width: 8.5rem }
  .targets th:nth-child(6), .targets th:nth-child(7) { width: 5.5rem }
  .targets th:nth-child(8) { width: 5rem }
  .targets th:nth-child(9) { width: 22% }
  td.number, .targets th:nth-child(n+6):nth-child(-n+8) { text-align: right }
  .targets tr[class]:not(.group) td:first-child { box-shadow: inset 3px 0 var(--tone) }
  .targets .down > * { background: var(--down-tint) }
}
@media (max-width: 63.99em) {
  header, main, footer { padding-left: 1rem; padding-right: 1rem }
  h1 { font-size: 1.6rem }
  .targets, .targets tbody { display: block }
  .targets { background: none; box-shadow: none }
  .targets thead { display: none }
  .targets tbody { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(21rem, 100%), 1fr)); gap: .6rem }
  .targets tr { display: grid; grid-template-columns: repeat(6, 1fr); gap: .4rem .75rem; align-content: start;
    padding: .7rem .8rem; border: 0; border-left: 3px solid var(--tone); border-radius: 6px; background: var(--sheet); box-shadow: 0 0 0 1px var(--rule) }
  .targets th, .targets td { display: block; padding: 0 }
  .targets .group { grid-column: 1 / -1; display: block; padding: .75rem 0 0; border: 0; background: none; box-shadow: none }
  .targets .port, .targets .day { grid-column: 1 / -1 }
  .targets .port { order: -1 }
  .targets .state, .targets .owner { grid-column: 1 / 4 }
  .targets .since, .targets .address { grid-column: 4 / -1 }
  .targets td.number { grid-column: span 2 }
  .targets td:not(.state, .since, .day)::before { content: attr(data-column); display: block; font-size: .75rem; color: var(--muted) }
  .listeners { display: block; overflow-x: auto }
}
`;
