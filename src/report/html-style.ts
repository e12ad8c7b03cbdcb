/** How the HTML report looks: on a screen, light or dark, and on paper. */
export const STYLE = `
:root{color-scheme:light dark;--fg:#1b1f24;--bg:#fff;--line:#d0d7de;--head:#f3f5f7;--dim:#57606a;--fine:#0f5323;--bad:#96101f;--warn:#6b4200;--mark:#fff4d6}
@media(prefers-color-scheme:dark){:root{--fg:#e6edf3;--bg:#0d1117;--line:#3d444d;--head:#161b22;--dim:#9aa4ae;--fine:#5fd376;--bad:#ff8b84;--warn:#eac55f;--mark:#3a2f10}}
*{box-sizing:border-box}
body{font:15px/1.5 system-ui,"Segoe UI","Noto Sans","Noto Sans CJK JP","Yu Gothic UI",Meiryo,sans-serif;margin:0 auto;max-width:78rem;padding:1.5rem 1rem 4rem;color:var(--fg);background:var(--bg)}
h1{font-size:1.5rem;line-height:1.25}h2{font-size:1.2rem;margin-top:2.2rem;border-bottom:2px solid var(--line)}h3{font-size:1.05rem;margin:1.6rem 0 .3rem}h4{font-size:.95rem;margin:1rem 0 .2rem}
a{color:inherit}.skip{position:absolute;left:-99rem}.skip:focus{position:static}
.scroll{overflow-x:auto}.scroll:focus-visible{outline:2px solid}
table{border-collapse:collapse;width:100%;margin:.4rem 0}caption{text-align:left;color:var(--dim);padding:.2rem 0}
th,td{text-align:left;vertical-align:top;padding:.25rem .6rem;border-bottom:1px solid var(--line);overflow-wrap:anywhere}thead th{background:var(--head);overflow-wrap:normal}
th[scope=row]{font-weight:600;min-width:8rem}th small{font-weight:400}.num{text-align:right;white-space:nowrap}.word{white-space:nowrap;font-weight:600}
.fine{color:var(--fine)}.bad{color:var(--bad)}.warn{color:var(--warn)}.dim{color:var(--dim)}.differs td,.differs th{background:var(--mark)}
ul.tally{list-style:none;padding:0;display:flex;flex-wrap:wrap;gap:.4rem 1.2rem}code{font-size:.92em;overflow-wrap:anywhere}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.1rem 1rem;margin:.4rem 0}dt{color:var(--dim)}dd{margin:0;overflow-wrap:anywhere;white-space:pre-wrap}
details{margin:.3rem 0}summary{cursor:pointer}
@media(max-width:40rem){dl{grid-template-columns:1fr}}
@media print{:root{color-scheme:light;--fg:#000;--bg:#fff;--line:#999;--head:#eee;--dim:#444;--fine:#000;--bad:#000;--warn:#000;--mark:#eee}
body{font-size:10pt;max-width:none;padding:0}.skip,nav{display:none}.scroll{overflow:visible}thead{display:table-header-group}tr,dl{break-inside:avoid}h2,h3,h4{break-after:avoid}a{text-decoration:none}
details::details-content{content-visibility:visible;display:block}details:not([open])>:not(summary){display:block}}
@page{margin:15mm 12mm}`;
