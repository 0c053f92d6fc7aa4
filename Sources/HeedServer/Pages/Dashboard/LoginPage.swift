/// Where a key opens the dashboard.
struct LoginPage {
    /// What went wrong with the last try.
    var problem: String?
    /// The path to go on to.
    var next = "/"

    func html() -> HTML {
        Shell(title: "Log in", session: nil, scripts: [], style: "narrow").page {
            HTML(.main, [.id("content")]) {
                HTML(.h1) { "Log in" }
                HTML(.p, [.class("lede")]) {
                    "A key with the role read opens the dashboard; admin may change things too."
                }
                if let problem {
                    HTML(.div, [.set(.role, "alert")]) { Parts.note("serious", problem) }
                }
                HTML(.form, [.set(.method, "post"), .action(.path("login")), .class("stack")]) {
                    Forms.hidden("next", next)
                    Forms.line(
                        "Key", "key", hint: "heed serve printed the first one when it started: hk_…",
                        [
                            .set(.type, "password"), .set(.autocomplete, "current-password"),
                            .flag(.required),
                            .set(.maxlength, "200"), .set(.spellcheck, "false"), .set(.autocapitalize, "off"),
                            .flag(.autofocus),
                        ])
                    HTML(.button, [.set(.type, "submit")]) { "Log in" }
                }
            }
        }
    }
}

/// What went wrong, in a page.
struct ProblemPage {
    var title: String
    var text: String
    var session: WebSession?
    /// Where to go from here.
    var back: (label: String, address: Address)?

    func html() -> HTML {
        Shell(title: title, session: session, scripts: [], style: "narrow").page {
            HTML(.main, [.id("content")]) {
                HTML(.h1) { title }
                HTML(.p, [.class("lede")]) { text }
                if let back { HTML(.p) { HTML(.a, [.href(back.address)]) { back.label } } }
            }
        }
    }
}
