import HeedAPI

/// The keys of the service.
struct KeysPage {
    var session: WebSession
    var keys: [KeyInfo]
    var spaces: [String]
    /// A key that was just made: its secret is shown this once.
    var fresh: NewKey?
    var message: Message?
    var draft = FormData()

    func html() -> HTML {
        Shell(title: "Keys", session: session, current: "keys").page {
            HTML(.main, [.id("content")]) {
                HTML(.div, [.class("page-head")]) { HTML(.h1) { "Keys" } }
                if let message { message.html }
                if let fresh { secret(fresh) }
                HTML(.section, [.class("panel"), .set(.labelledby, "all-keys")]) {
                    HTML(.h2, [.id("all-keys")]) { "All keys" }
                    table
                }
                HTML(.section, [.class("panel"), .set(.labelledby, "new-key")]) {
                    HTML(.h2, [.id("new-key")]) { "Make a key" }
                    form
                }
            }
        }
    }

    private func secret(_ fresh: NewKey) -> HTML {
        HTML(.div, [.set(.role, "status"), .class("message")]) {
            Parts.note("good", "The key \(fresh.key.name) is there") {
                HTML(.p) { "Copy it now: it is shown this once, and only a salted hash of it is kept." }
                HTML(.div, [.class("command")]) {
                    HTML(.pre, [.set(.tabindex, "0")]) { HTML(.code, [.id("secret")]) { fresh.secret } }
                    Parts.copy(fresh.secret, "Copy the key")
                }
            }
        }
    }

    private var table: HTML {
        let rows = keys.reversed().map { key -> [HTML] in
            [
                HTML(.bdi) { key.name }, HTML(.code) { key.id },
                .text(key.roles.map(\.rawValue).joined(separator: ", ")),
                .text(key.space ?? "all"), Parts.time(key.created),
                key.revoked != nil
                    ? Parts.badge("revoked")
                    : Forms.button(
                        .path("keys", "revoke"), csrf: session.csrf, "Revoke", id: "revoke-\(key.id)",
                        fields: [("id", key.id)], describe: "Revoke \(key.name)"),
            ]
        }
        return Parts.table(
            "Keys, newest first",
            [.init("Name"), .init("Id"), .init("May"), .init("Space"), .init("Made"), .init("")], rows)
    }

    private var form: HTML {
        let chosen = Set(draft.all("role"))
        let help: [Role: String] = [
            .send: "send feedback", .decide: "ask for decisions", .read: "look at everything",
            .admin: "do and change everything",
        ]
        return Forms.post(.path("keys"), csrf: session.csrf, [.class("stack")]) {
            Forms.line(
                "Name", "name", draft["name"] ?? "", hint: "What it is for.",
                [.flag(.required), .set(.maxlength, "100")])
            HTML(.fieldset) {
                HTML(.legend) { "May" }
                for role in Role.allCases {
                    HTML(.label, [.class("check")]) {
                        HTML(
                            .input,
                            [
                                .set(.type, "checkbox"), .set(.name, "role"), .set(.value, role.rawValue),
                                .flag(.checked, chosen.contains(role.rawValue)),
                            ])
                        HTML(.span) { "\(role.rawValue): \(help[role] ?? "")" }
                    }
                }
            }
            Forms.choice(
                "Space", "space", [("", "all spaces")] + spaces.map { ($0, $0) }, draft["space"] ?? "")
            HTML(.button, [.set(.type, "submit")]) { "Make a key" }
        }
    }
}
