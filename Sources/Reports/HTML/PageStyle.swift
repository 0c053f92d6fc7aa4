/// The style of a page. Its colours are those of the charts.
enum PageStyle {
    static let css = """
        :root{color-scheme:light dark;--note:#0072b2;--warning:#b87a00;--serious:#c0392b;--tint:#f5f7f9;\
        --link:#005a8e}\
        @media (prefers-color-scheme:dark){:root{--note:#57b0ec;--warning:#f2b632;--serious:#ff7b6b;\
        --tint:#1c2125;--link:#7cc4f5}}*{box-sizing:border-box}html{scroll-padding-top:1rem;\
        -webkit-text-size-adjust:100%}body{margin:0 auto;padding:3rem 1.5rem 4rem;max-width:50rem;\
        background:var(--hd-page);color:var(--hd-ink);\
        font:1.0625rem/1.6 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;\
        font-variant-numeric:tabular-nums;overflow-wrap:break-word}h1{font-size:2.25rem;line-height:1.15;\
        letter-spacing:-.02em;margin:0 0 .5rem;text-wrap:balance}h2{font-size:1.45rem;line-height:1.25;\
        letter-spacing:-.01em;margin:3.5rem 0 1rem}h3{font-size:1.1rem;margin:2rem 0 .5rem}p{\
        margin:0 0 1rem;max-width:42rem}ul{padding-left:1.2rem;max-width:42rem}li{margin:.35rem 0}\
        .subtitle,footer,figcaption,nav,.none{color:var(--hd-muted)}.subtitle{font-size:1.1rem}.lede{\
        font-size:1.3rem;line-height:1.5}a{color:var(--link);text-underline-offset:.15em}:focus-visible{\
        outline:3px solid var(--note);outline-offset:2px;border-radius:2px}.skip{position:absolute;\
        left:-999rem}.skip:focus{left:1rem;top:1rem;background:var(--hd-page);padding:.5rem}nav{\
        margin:2rem 0 0;padding:.9rem 0;border:solid var(--hd-grid);border-width:1px 0;font-size:.95rem}\
        nav p{display:none}nav ol{list-style:none;margin:0;padding:0;display:flex;flex-wrap:wrap;\
        gap:.2rem 1.4rem}nav li{margin:0}nav a{text-decoration:none}nav a:hover{text-decoration:underline}\
        nav+main>section:first-child h2{margin-top:2.25rem}.figures{display:grid;\
        grid-template-columns:repeat(auto-fit,minmax(7.5rem,1fr));gap:1.25rem 1.5rem;margin:2rem 0}\
        .figures div{border-top:2px solid var(--hd-ink);padding-top:.5rem;display:flex;\
        flex-direction:column-reverse;justify-content:flex-end}.figures dd{margin:0;font-size:1.7rem;\
        line-height:1.2;font-weight:600;letter-spacing:-.01em}.figures dt{font-size:.9rem;line-height:1.35;\
        color:var(--hd-muted)}.scroll{overflow-x:auto}figure .scroll svg{display:block}table{\
        border-collapse:collapse;width:100%;margin:0 0 .5rem;font-size:.97rem;line-height:1.35}caption{\
        text-align:left;color:var(--hd-muted);font-size:.9rem;padding:0 0 .6rem}caption span{\
        position:sticky;left:0;display:inline-block;max-width:calc(100vw - 2rem)}th,td{padding:.42rem .6rem;\
        border-bottom:1px solid var(--hd-grid);vertical-align:baseline}th:first-child,td:first-child{\
        padding-left:.25rem}th:last-child,td:last-child{padding-right:.25rem}thead th{white-space:normal;\
        border-bottom:1.5px solid var(--hd-ink);font-size:.88rem;vertical-align:bottom}thead th[title]{\
        text-decoration:underline dotted var(--hd-axis);text-underline-offset:.25em}tbody th{\
        font-weight:400;min-width:7rem;max-width:22rem}tr.top th{font-weight:600}tbody tr:hover{\
        background:var(--tint)}.left{text-align:left}.right{text-align:right;white-space:nowrap}.center{\
        text-align:center}figure{margin:1.5rem 0 2rem}figcaption{font-size:.93rem;line-height:1.5;\
        margin-top:.6rem;max-width:42rem}figure svg{height:auto}.wide svg{max-width:100%}.compact{\
        display:none}.callout{border-left:4px solid var(--side);background:var(--tint);\
        padding:.85rem 1.1rem;margin:1rem 0;border-radius:0 4px 4px 0}.callout p{margin:0 0 .4rem}\
        .callout p:last-child{margin:0}.callout .tag{color:var(--side);margin-right:.3em}.note{\
        --side:var(--note)}.warning{--side:var(--warning)}.serious{--side:var(--serious)}.remedy::before{\
        content:"→ ";color:var(--side)}pre,code{\
        font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:.92em}pre{\
        background:var(--tint);padding:.85rem 1.1rem;overflow-x:auto;border-radius:4px}details{\
        margin:1rem 0}summary{cursor:pointer;color:var(--link);padding:.25rem 0}footer{margin-top:4rem;\
        padding-top:1rem;border-top:1px solid var(--hd-grid);font-size:.9rem}\
        @media (min-width:80rem){body{max-width:68rem;display:grid;\
        grid-template-columns:12rem minmax(0,1fr);column-gap:4rem}header,footer,main{grid-column:2}nav{\
        grid-column:1;grid-row:2/span 3;border:0;margin:0;padding:0}nav p{display:block;font-weight:600;\
        color:var(--hd-ink);margin:0 0 .4rem}nav ol{position:static;display:block}nav>*{position:relative}\
        nav{position:sticky;top:2rem;align-self:start;margin-top:2.4rem}nav li{margin:.3rem 0}nav+main{\
        grid-row:2}}\
        @media (max-width:38rem){body{padding:1.5rem 1rem 3rem;font-size:1rem}h1{font-size:1.75rem}h2{\
        margin-top:2.75rem}.lede{font-size:1.15rem}.wide{display:none}.compact{display:block}.compact svg{\
        width:100%}th,td{padding:.4rem .5rem}tbody th{position:sticky;left:0;background:var(--hd-page);\
        max-width:9rem}.figures{grid-template-columns:repeat(2,1fr)}}\
        @media print{@page{margin:18mm 16mm}:root{color-scheme:light;--note:#0072b2;--warning:#b87a00;\
        --serious:#c0392b;--tint:#f5f7f9;--link:#1c2126}html{font-size:10pt}body{display:block;padding:0;\
        max-width:none;font-size:1rem}h1{font-size:22pt}h2{font-size:14pt;margin-top:2rem}.lede{\
        font-size:1.15rem}nav,.skip{display:none}h2,h3,caption,summary{break-after:avoid}\
        tr,figure,.callout,.figures,pre{break-inside:avoid}thead{display:table-header-group}.scroll{\
        overflow:visible}.wide{display:block}.compact{display:none}figure svg{max-width:100%!important;\
        max-height:230mm}a{text-decoration:none}details::details-content{content-visibility:visible;\
        block-size:auto}p,li{orphans:3;widows:3}.callout,tr{print-color-adjust:exact;\
        -webkit-print-color-adjust:exact}}
        """
}
