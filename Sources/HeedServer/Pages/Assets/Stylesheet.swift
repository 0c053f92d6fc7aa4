/// The style of all pages. Colours of charts come from `ChartStyle`.
enum Stylesheet {
    /// Colours, letters, the frame of a page, forms.
    static let base = """
        :root{color-scheme:light dark;--bg:#f6f7f9;--card:#fff;--ink:#1c2126;--muted:#56606b;--line:#dfe3e8;--field:#8b95a1;\
        --accent:#0b5c8f;--accent-ink:#fff;--accent-soft:#e4eff7;--good:#1d6b43;--good-soft:#e2f3ea;--warn:#7d5200;\
        --warn-soft:#fdf1d8;--bad:#a32a1d;--bad-soft:#fbe6e3;--code:#f0f2f5;--hd-page:var(--card);--radius:10px}
        @media (prefers-color-scheme:dark){:root{--bg:#101315;--card:#181c20;--ink:#e8ebee;--muted:#a3adb8;--line:#2b3238;\
        --field:#6b7682;--accent:#6cbcf0;--accent-ink:#07131b;--accent-soft:#16303f;--good:#6fd19d;--good-soft:#12301f;\
        --warn:#f0bd55;--warn-soft:#33270e;--bad:#ff9384;--bad-soft:#3b1713;--code:#11151a;--hd-page:var(--card)}}
        *,*::before,*::after{box-sizing:border-box}
        html{-webkit-text-size-adjust:100%;scroll-padding-top:5rem;scroll-behavior:smooth}
        body{margin:0;background:var(--bg);color:var(--ink);font:1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",\
        sans-serif;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
        main{max-width:72rem;margin:0 auto;padding:1.5rem 1rem 5rem}
        h1{font-size:1.9rem;line-height:1.2;letter-spacing:-.02em;margin:0;text-wrap:balance}
        h2{font-size:1.2rem;line-height:1.3;letter-spacing:-.01em;margin:0 0 1rem}
        h3{font-size:1rem;margin:2rem 0 .75rem}
        p{margin:0 0 .9rem}a{color:var(--accent);text-underline-offset:.16em}
        code,pre,kbd{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:.9em}
        pre{background:var(--code);padding:.9rem 1rem;border-radius:8px;overflow-x:auto;margin:0;line-height:1.5;\
        overflow-wrap:normal;tab-size:2}
        :focus-visible{outline:3px solid var(--accent);outline-offset:2px;border-radius:4px}
        h1:focus{outline:none}
        .skip{position:absolute;left:-999rem}.skip:focus{left:1rem;top:.6rem;background:var(--card);padding:.5rem .8rem;z-index:9}
        .top{position:sticky;top:0;z-index:5;display:flex;align-items:center;gap:.35rem 1.4rem;padding:.6rem max(1rem,calc((100vw - 69rem)/2));\
        background:var(--card);border-bottom:1px solid var(--line)}
        .brand{font-weight:700;letter-spacing:-.02em;font-size:1.15rem;color:var(--ink);text-decoration:none}
        .top nav{display:flex;gap:1.2rem}.top nav a{color:var(--muted);text-decoration:none;padding:.35rem 0}
        .top nav a:hover,.top nav a[aria-current]{color:var(--ink)}.top nav a[aria-current]{box-shadow:0 2px 0 var(--accent)}
        .leave{margin-left:auto}
        .narrow main{max-width:30rem;padding-top:12vh}
        .lede{font-size:1.08rem;color:var(--ink)}.narrow .lede{margin:.6rem 0 1.6rem;color:var(--muted)}
        .muted,.hint,figcaption,caption{color:var(--muted)}.hint{font-size:.88rem;margin:.3rem 0 0}
        .page-head{display:grid;gap:.25rem;margin:0 0 1.5rem;position:relative}.page-head p{margin:0}.crumb{font-size:.92rem}
        .question{color:var(--muted);font-size:1.08rem}
        .live-state{font-size:.85rem;color:var(--good)}.live-state:not(:empty)::before{content:"";display:inline-block;width:.55em;\
        height:.55em;border-radius:50%;background:currentColor;margin-right:.45em}.live-state.off{color:var(--bad)}
        button{font:inherit;font-weight:600;min-height:2.75rem;padding:.5rem 1.1rem;border-radius:8px;border:1px solid var(--accent);\
        background:var(--accent);color:var(--accent-ink);cursor:pointer}
        button:hover{filter:brightness(1.08)}button.quiet{background:transparent;color:var(--accent);border-color:var(--line);\
        font-weight:500;min-height:2.3rem;padding:.3rem .8rem}button.quiet:hover{background:var(--accent-soft)}
        .copy{display:none}.js .copy{display:inline-block}
        input,textarea,select{font:inherit;color:inherit;background:var(--card);border:1px solid var(--field);border-radius:8px;\
        padding:.55rem .7rem;width:100%;min-height:2.75rem}textarea{line-height:1.45;resize:vertical}
        input[type=checkbox]{width:1.2rem;min-height:1.2rem;height:1.2rem;margin:.15rem 0 0;flex:none;accent-color:var(--accent)}
        label,legend{font-weight:600;font-size:.95rem;display:block;margin:0 0 .3rem;padding:0}
        fieldset{border:0;margin:0;padding:0}.check{display:flex;gap:.6rem;font-weight:400;margin:.45rem 0}
        .stack{display:grid;gap:1.15rem;justify-items:start}.stack>*{width:100%}.stack>button{width:auto}
        .grid{display:grid;gap:1.15rem;grid-template-columns:repeat(auto-fit,minmax(min(100%,14rem),1fr));align-items:start}
        .row{display:grid;gap:.9rem;align-items:start;margin:1.2rem 0}.inline{display:inline}
        .buttons{display:flex;flex-wrap:wrap;gap:.5rem;margin:0 0 1rem}
        @media (min-width:44rem){main{padding:2.25rem 1.5rem 6rem}.row{grid-template-columns:minmax(0,1fr) auto;max-width:44rem}\
        .row:has(.field+.field){grid-template-columns:minmax(0,1fr) 8rem auto}.row>button{margin-top:1.75rem;min-height:2.75rem}}
        @media (prefers-reduced-motion:reduce){*{scroll-behavior:auto!important;transition:none!important;animation:none!important}}

        """

    /// Cards, tables, notes, charts.
    static let parts = """
        .panel,.summary{background:var(--card);border:1px solid var(--line);border-radius:var(--radius);padding:1.25rem 1rem;margin:0 0 1.25rem}
        .panel>:last-child,.summary>:last-child,.note>:last-child,.empty>:last-child{margin-bottom:0}
        summary{cursor:pointer;color:var(--accent);padding:.3rem 0;font-weight:500}details>summary+*{margin-top:.8rem}
        .cards{list-style:none;margin:0 0 1.5rem;padding:0;display:grid;gap:1.1rem;\
        grid-template-columns:repeat(auto-fill,minmax(min(100%,20rem),1fr))}
        .card{background:var(--card);border:1px solid var(--line);border-radius:var(--radius);padding:1.1rem 1.15rem;display:flex;\
        flex-direction:column;gap:.6rem;position:relative}.card:hover{border-color:var(--accent)}
        .card h2,.card p{margin:0}.card h2 a{text-decoration:none;color:var(--ink)}.card h2 a::after{content:"";position:absolute;inset:0}
        .card .question{font-size:.98rem;display:-webkit-box;-webkit-line-clamp:2;-webkit-box-orient:vertical;overflow:hidden}
        .facts{display:flex;gap:1.6rem;margin:0}.facts dt{font-size:.82rem;color:var(--muted)}.facts dd{margin:0;font-weight:600}
        .badges{display:flex;flex-wrap:wrap;gap:.4rem;margin-top:auto}
        .badge{display:inline-block;font-size:.8rem;font-weight:600;line-height:1.5;padding:.05rem .55rem;border-radius:99px;\
        background:var(--code);color:var(--muted);white-space:nowrap}
        .badge.good{background:var(--good-soft);color:var(--good)}.badge.warning{background:var(--warn-soft);color:var(--warn)}
        .badge.serious{background:var(--bad-soft);color:var(--bad)}.badge.busy{background:var(--accent-soft);color:var(--accent)}
        .spark{display:block;width:100%;height:2.6rem}.spark .base{fill:var(--line)}.spark .bars{fill:var(--accent)}
        .figures{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:1rem 1.25rem;margin:0 0 1.25rem}
        .figures div{display:flex;flex-direction:column-reverse;justify-content:flex-end}
        .figures dd{margin:0;font-size:1.75rem;line-height:1.2;font-weight:650;letter-spacing:-.02em}
        .figures dt{font-size:.88rem;color:var(--muted)}.ledger{margin:1rem 0 .4rem}
        .note{border-left:4px solid var(--muted);background:var(--code);border-radius:0 8px 8px 0;padding:.8rem 1rem;margin:0 0 1rem}
        .note p{margin:0 0 .35rem}.note-title{font-weight:600}.note.good{border-color:var(--good);background:var(--good-soft)}
        .note.warning{border-color:var(--warn);background:var(--warn-soft)}.note.serious{border-color:var(--bad);background:var(--bad-soft)}
        .note.info{border-color:var(--accent);background:var(--accent-soft)}.remedy::before{content:"→ "}
        .empty{border:1px dashed var(--line);border-radius:8px;padding:1.1rem}.empty-title{font-weight:600;margin-bottom:.3rem}
        .command{display:grid;gap:.5rem;margin:.6rem 0}.command .copy{justify-self:start}
        .scroll{overflow-x:auto;margin:0 0 .8rem}
        table{border-collapse:collapse;width:100%;font-size:.95rem;line-height:1.4}
        caption{text-align:left;font-size:.88rem;padding:0 0 .5rem}
        th,td{text-align:left;vertical-align:baseline;padding:.55rem .75rem;border-bottom:1px solid var(--line);overflow-wrap:normal}
        th:first-child,td:first-child{padding-left:0}th:last-child,td:last-child{padding-right:0}
        thead th{font-size:.84rem;color:var(--muted);font-weight:600;vertical-align:bottom}tbody th{font-weight:500;min-width:6.5rem;max-width:20rem}.long{min-width:15rem}
        thead th[title]{text-decoration:underline dotted;text-underline-offset:.25em}
        tbody tr:last-child>*{border-bottom:0}.num{text-align:right;white-space:nowrap}time,td button{white-space:nowrap}
        ul.plain{list-style:none;margin:0;padding:0;white-space:nowrap}
        figure{margin:1rem 0 1.5rem}figure svg{display:block;max-width:100%;height:auto}figcaption{font-size:.9rem;margin-top:.5rem;max-width:44rem}
        .wide{display:none}.compact svg{width:100%}
        .remark{border-left:3px solid var(--line);padding-left:.8rem;color:var(--muted)}
        .jobs,.suspects,.invitations{list-style:none;margin:0 0 1rem;padding:0}
        .jobs>li,.suspects>li,.invitations>li{padding:.9rem 0;border-top:1px solid var(--line);display:grid;grid-template-columns:minmax(0,1fr);gap:.5rem;justify-items:start}
        .jobs p,.reasons{margin:0}.reasons{padding-left:1.1rem}.reasons:empty{display:none}.suspects .buttons{margin:0}
        progress{width:100%;height:.6rem;accent-color:var(--accent)}
        .link-line{display:flex;flex-wrap:wrap;gap:.5rem;align-items:center;width:100%}
        .invitation-link{flex:1 1 12rem;min-width:0;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
        .pairs{display:grid;gap:.55rem;margin:0}.pairs div{display:grid;gap:.1rem 1rem}.pairs dt{color:var(--muted)}.pairs dd{margin:0}
        .contents{margin:0 -1rem 1.25rem;overflow-x:auto;position:sticky;top:3.95rem;background:var(--bg);z-index:4;\
        border-bottom:1px solid var(--line)}
        .contents ul{list-style:none;display:flex;gap:1.2rem;margin:0;padding:.2rem 1rem}
        .contents a{display:block;padding:.5rem 0;white-space:nowrap;text-decoration:none;color:var(--muted)}.contents a:hover{color:var(--ink)}
        .space{scroll-padding-top:8rem}.panel[id]{scroll-margin-top:7.5rem}
        .toast{position:fixed;left:50%;bottom:1.25rem;transform:translateX(-50%);margin:0;background:var(--ink);color:var(--bg);\
        border-radius:99px;padding:.5rem 1.1rem;font-size:.92rem;z-index:20;max-width:calc(100vw - 2rem);width:max-content}
        .toast:empty{padding:0}.message{margin-bottom:1rem}
        @media (min-width:44rem){.panel,.summary{padding:1.6rem 1.75rem}.figures{grid-template-columns:repeat(4,minmax(0,1fr))}\
        .wide{display:block}.compact{display:none}.pairs div{grid-template-columns:12rem minmax(0,1fr)}.link-line{flex-wrap:nowrap}}
        @media (min-width:70rem){.space{display:grid;grid-template-columns:11rem minmax(0,1fr);column-gap:2.5rem}.space>*{grid-column:2}\
        .contents{grid-column:1;grid-row:1/span 4;margin:.3rem 0 0;position:sticky;top:5rem;align-self:start;border:0;overflow:visible}\
        .contents ul{display:grid;gap:.1rem;padding:0}.contents a{padding:.35rem 0}.space>.page-head{grid-row:1}.panel[id]{scroll-margin-top:5rem}}

        """

    /// The compare page.
    static let compare = """
        .compare main{max-width:80rem;padding-bottom:15rem}.compare h1{text-align:center;margin:.5rem auto .5rem;max-width:44rem}
        .standing{text-align:center;color:var(--muted);margin:0 auto 1.4rem;max-width:44rem;font-size:.95rem}
        .things{display:grid;gap:1rem}
        .thing{background:var(--card);border:1px solid var(--line);border-radius:var(--radius);padding:1rem 1.15rem 1.2rem;min-width:0}
        .thing h2{font-size:.85rem;color:var(--muted);margin:0 0 .6rem;letter-spacing:.04em}
        .thing img{display:block;max-width:100%;max-height:60vh;margin:0 auto .8rem;border-radius:6px}
        .thing .name{font-size:1.35rem;font-weight:600;margin:0;text-align:center;padding:1.5rem 0}
        .prose>:last-child{margin-bottom:0}.prose+pre{margin-top:.9rem}.prose>:first-child{margin-top:0}.prose h3,.prose h4,.prose h5,.prose h6{margin:1.2rem 0 .5rem}
        .prose pre{margin:0 0 .9rem}.prose :not(pre)>code{background:var(--code);padding:.1em .3em;border-radius:4px}
        .prose blockquote{border-left:3px solid var(--line);margin:0 0 .9rem;padding:0 0 0 .9rem;color:var(--muted)}
        .prose ul,.prose ol{padding-left:1.4rem;margin:0 0 .9rem}.prose hr{border:0;border-top:1px solid var(--line);margin:1.2rem 0}
        .answers{position:fixed;left:0;right:0;bottom:0;background:var(--card);border-top:1px solid var(--line);z-index:6;\
        padding:.7rem 1rem calc(.7rem + env(safe-area-inset-bottom));display:grid;gap:.5rem;max-height:60vh;overflow-y:auto}
        .choices,.others{display:flex;gap:.5rem;justify-content:center;align-items:flex-start}
        .choices button{flex:1 1 0;min-width:0;max-width:22rem;padding:.5rem .4rem}
        .choices .tie{flex:0 1 6rem;background:transparent;color:var(--accent)}
        .n3~.answers .choices,.n4~.answers .choices,.n5~.answers .choices,.n6~.answers .choices{flex-wrap:wrap}
        .n3~.answers .choices button,.n4~.answers .choices button,.n5~.answers .choices button,.n6~.answers .choices button{flex:1 1 6.5rem}
        .others{flex-wrap:wrap}.why{min-width:0}.why[open]{flex:1 1 100%;max-width:44rem}.why summary{padding:.3rem .8rem}
        .undo{display:flex;justify-content:center;margin:1.2rem 0 0}
        kbd{display:none;border:1px solid currentColor;border-radius:4px;padding:0 .35em;font-size:.78em;opacity:.75;font-weight:400}
        .compare .toast:not(.loud){clip-path:inset(50%);width:1px;height:1px;overflow:hidden;padding:0;white-space:nowrap}
        .compare .toast{bottom:auto;top:.8rem}
        #task[aria-busy] .things{opacity:.55}
        @media (hover:hover) and (pointer:fine){.js kbd{display:inline-block}}
        @media (min-width:44rem){.things{grid-template-columns:repeat(auto-fit,minmax(16rem,1fr))}\
        .n2{grid-template-columns:repeat(2,minmax(0,1fr))}.thing{padding:1.3rem 1.5rem 1.5rem}.compare main{padding-bottom:13rem}}

        """
}
