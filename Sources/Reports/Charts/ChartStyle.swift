/// The colours and letters of charts, as CSS variables that a page, dark mode and print can set.
///
/// The colours of series are those of Okabe and Ito ("Color universal design", 2008), which people with any
/// kind of colour vision can tell apart; yellow is darkened on white, and all are lightened on black.
public enum ChartStyle {
    /// The number of series colours.
    static let colours = 8

    static let light = """
        --hd-page:#fff;--hd-ink:#1c2126;--hd-muted:#5b6570;--hd-grid:#e6e9ed;--hd-axis:#8d98a4;\
        --hd-on:#fff;--hd-c0:#7b8794;--hd-c1:#0072b2;--hd-c2:#d55e00;--hd-c3:#009e73;--hd-c4:#cc79a7;\
        --hd-c5:#e69f00;--hd-c6:#56b4e9;--hd-c7:#000;--hd-c8:#b3a100;
        """
    static let dark = """
        --hd-page:#14171a;--hd-ink:#e7eaed;--hd-muted:#9fa9b4;--hd-grid:#2a3037;--hd-axis:#65707c;\
        --hd-on:#0c0e10;--hd-c0:#8b96a2;--hd-c1:#57b0ec;--hd-c2:#f5853f;--hd-c3:#2fc79c;--hd-c4:#e5a3c9;\
        --hd-c5:#f2b632;--hd-c6:#a5dcfa;--hd-c7:#fff;--hd-c8:#f0e442;
        """

    /// The style sheet.
    public static let css: String = {
        var css =
            ":root{\(light)}@media (prefers-color-scheme:dark){:root{\(dark)}}@media print{:root{\(light)}}"
        css += """
            svg.hd{font:13px system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;\
            font-variant-numeric:tabular-nums;print-color-adjust:exact;-webkit-print-color-adjust:exact}\
            svg.hd text{fill:var(--hd-ink)}svg.hd .hd-muted{fill:var(--hd-muted)}\
            svg.hd .hd-small{font-size:11.5px}svg.hd .hd-tiny{font-size:10px}\
            svg.hd .hd-strong{font-weight:600}\
            svg.hd text.hd-mid{fill:#101316}svg.hd text.hd-on{fill:var(--hd-on)}.hd-page{fill:var(--hd-page)}\
            .hd-grid{stroke:var(--hd-grid)}.hd-axis{stroke:var(--hd-axis)}.hd-whisker{stroke:var(--hd-ink)}\
            .hd-dash{stroke:var(--hd-axis);stroke-dasharray:4 4;fill:none}\
            .hd-fill{fill:var(--c)}.hd-line{stroke:var(--c);fill:none;stroke-width:2}\
            .hd-hair{stroke:var(--c);fill:none;stroke-width:1.25}\
            .hd-hollow{fill:var(--hd-page);stroke:var(--c);stroke-width:1.75}\
            .hd-mark{fill:var(--c);stroke:var(--c);stroke-width:1.25}\
            .hd-band{fill:var(--c);opacity:.16}\
            .hd-row{fill:var(--hd-ink);opacity:0}.hd-row:hover{opacity:.06}\
            .hd-halo{paint-order:stroke;stroke:var(--hd-page);stroke-width:3px;stroke-linejoin:round}
            """
        for index in 0...colours { css += ".hd-s\(index){--c:var(--hd-c\(index))}" }
        return css
    }()

    /// The class that sets the colour of a series, the first being 0; neutral past the last colour.
    static func series(_ index: Int) -> String { "hd-s\(index < colours ? index + 1 : 0)" }
}
