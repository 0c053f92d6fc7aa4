/// What stands around every page.
struct Shell {
    /// The title, without the product's name.
    var title: String
    /// Who looks; `nil` before anybody logged in, and for visitors.
    var session: WebSession?
    /// Which part of the navigation is the present one.
    var current: String?
    /// The scripts that the page needs beside those that all have.
    var scripts: [String] = ["live.js"]
    /// The class of the body.
    var style = "dashboard"

    /// The whole page.
    func page(@HTMLBuilder _ content: () -> HTML) -> HTML {
        .document(
            HTML(.html, [.set(.lang, "en")]) {
                HTML(.head) {
                    HTML(.meta, [.set(.charset, "utf-8")])
                    HTML(
                        .meta,
                        [.set(.name, "viewport"), .set(.content, "width=device-width, initial-scale=1")])
                    HTML(.meta, [.set(.name, "color-scheme"), .set(.content, "light dark")])
                    HTML(.title) { "\(title) · Heed" }
                    HTML(.link, [.set(.rel, "stylesheet"), .href(Assets.address("heed.css"))])
                    HTML(
                        .link,
                        [.set(.rel, "icon"), .set(.type, "image/svg+xml"), .href(Assets.address("heed.svg"))])
                    for script in scripts { HTML(.script, [.src(Assets.address(script)), .flag(.defer)]) }
                }
                HTML(.body, [.class(style)]) {
                    HTML(.a, [.class("skip"), .href(.section("content"))]) { "Skip to the content" }
                    header
                    content()
                    HTML(
                        .p, [.class("toast"), .id("said"), .set(.role, "status"), .set(.announce, "polite")])
                }
            })
    }

    private var header: HTML {
        HTML(.header, [.class("top")]) {
            if let session {
                HTML(.a, [.class("brand"), .href(.path(""))]) { "Heed" }
                HTML(.nav, [.set(.label, "Main")]) {
                    link("Spaces", .path(""), "spaces")
                    if session.principal.may(.admin, in: nil) { link("Keys", .path("keys"), "keys") }
                }
                Forms.post(.path("logout"), csrf: session.csrf, [.class("inline leave")]) {
                    HTML(.button, [.set(.type, "submit"), .class("quiet")]) { "Log out" }
                }
            } else {
                HTML(.span, [.class("brand")]) { "Heed" }
            }
        }
    }

    private func link(_ title: String, _ address: Address, _ name: String) -> HTML {
        HTML(.a, [.href(address)] + (current == name ? [.set(.current, "page")] : [])) { title }
    }
}
