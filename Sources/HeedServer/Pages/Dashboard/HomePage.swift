import HeedAPI

/// All spaces at a glance.
struct HomePage {
    var session: WebSession
    var spaces: [SpaceOverview]
    /// What the last change did, or why it failed.
    var message: Message?
    /// The form's fields as they were sent, where they were refused.
    var draft = FormData()

    func html() -> HTML {
        Shell(title: "Spaces", session: session, current: "spaces").page {
            HTML(.main, [.id("content")]) {
                HTML(.div, [.class("page-head")]) {
                    HTML(.h1) { "Spaces" }
                    HTML(.p, [.class("live-state"), .id("live-state")])
                }
                if let message { message.html }
                HTML(.div, [.live(.path("live"))], live())
                if session.principal.may(.admin, in: nil) { creation }
            }
        }
    }

    /// The part that changes by itself.
    func live() -> HTML {
        if spaces.isEmpty {
            return Live.part("spaces") {
                Parts.empty("There is no space yet") {
                    HTML(.p) {
                        "A space is one product question: which of these answers is better, which offer to show. "
                        "It holds the feedback, what was learnt from it, and what was decided."
                    }
                }
            }
        }
        return Live.part("spaces") {
            HTML(.ul, [.class("cards")]) { for space in spaces { card(space) } }
        }
    }

    private func card(_ view: SpaceOverview) -> HTML {
        let name = view.space.name
        return HTML(.li, [.class("card")]) {
            HTML(.h2) {
                HTML(.a, [.href(.path("spaces", name)), .id("card-\(name)")]) { HTML(.bdi) { name } }
            }
            HTML(.p, [.class("question")]) { view.space.settings.question }
            Parts.spark(view.perMinute, label: "Feedback a minute during the last hour")
            HTML(.dl, [.class("facts")]) {
                fact("Kept", Parts.count(view.ledger.kept))
                fact("Last minute", Parts.count(view.perMinute.last ?? 0))
                fact(
                    "Live policy",
                    view.models.first { $0.kind == .policy && $0.status == .live }?.id ?? "uniform")
            }
            HTML(.p, [.class("badges")]) { badges(view) }
        }
    }

    private func fact(_ label: String, _ value: String) -> HTML {
        HTML(.div) {
            HTML(.dt) { label }
            HTML(.dd) { value }
        }
    }

    private func badges(_ view: SpaceOverview) -> HTML {
        let serious = view.findings.filter { $0.severity == "serious" }.count
        let warnings = view.findings.filter { $0.severity == "warning" }.count
        let suspects = view.judges.filter { !$0.reasons.isEmpty }.count
        let jobs = view.jobs.filter { !$0.state.isFinal }.count
        return .all([
            view.ranking.map {
                Parts.badge($0.settled ? "ranking settled" : "ranking open", $0.settled ? "good" : "plain")
            }
                ?? .nothing,
            jobs > 0 ? Parts.badge("training", "busy") : .nothing,
            serious > 0
                ? Parts.badge(Parts.count(serious, "serious finding", "serious findings"), "serious")
                : .nothing,
            warnings > 0 ? Parts.badge(Parts.count(warnings, "warning", "warnings"), "warning") : .nothing,
            suspects > 0
                ? Parts.badge(Parts.count(suspects, "suspect judge", "suspect judges"), "warning") : .nothing,
            view.ledger.addsUp ? .nothing : Parts.badge("ledger does not add up", "serious"),
        ])
    }

    private var creation: HTML {
        let isOpen = spaces.isEmpty || draft["name"] != nil
        return HTML(.details, [.class("panel"), .id("new-space"), .flag(.open, isOpen)]) {
            HTML(.summary) { "Create a space" }
            Forms.post(.path("spaces"), csrf: session.csrf, [.class("stack")]) {
                Forms.line(
                    "Name", "name", draft["name"] ?? "",
                    hint: "In addresses: small letters, digits, - and _.",
                    [
                        .flag(.required), .set(.maxlength, "64"), .set(.pattern, "[a-z0-9][a-z0-9_\\-]*"),
                        .set(.autocapitalize, "off"), .set(.autocomplete, "off"), .set(.spellcheck, "false"),
                    ])
                Forms.line(
                    "Question", "question", draft["question"] ?? SpaceSettings().question,
                    hint: "What people are asked on the compare page.", [.set(.maxlength, "2000")])
                Forms.lines(
                    "Things to compare", "items", draft["items"] ?? "",
                    hint: "One a line: its name, or name: text. Or a JSON array of items.")
                Forms.lines(
                    "Actions to choose from", "actions", draft["actions"] ?? "", rows: 3,
                    hint: "One a line, where the space decides something. May stay empty.")
                HTML(.button, [.set(.type, "submit")]) { "Create" }
            }
        }
    }
}

/// What a change did, or why it was refused; the texts are our own or those of errors, never the reader's address.
struct Message: Sendable {
    var kind: String
    var text: String

    var html: HTML {
        HTML(.div, [.set(.role, kind == "serious" ? "alert" : "status"), .class("message")]) {
            Parts.note(kind, text)
        }
    }

    /// What is said after a change that was done, by its code in the address.
    static func done(_ code: String?) -> Message? {
        guard let code, let text = texts[code] else { return nil }
        return Message(kind: "good", text: text)
    }

    private static let texts = [
        "created": "The space is there.", "saved": "The settings are saved.",
        "training": "The training is queued.",
        "cancelled": "The job is being cancelled.", "promoted": "The model is live now.",
        "rolledback": "The model before is live again.",
        "judge": "Noted; the ranking follows within seconds.",
        "invited": "The invitation is there; copy its link below.", "revoked": "It is revoked.",
    ]
}

/// Parts of a page that change by themselves.
enum Live {
    /// A part with a name and a mark by which scripts tell whether it changed.
    static func part(_ id: String, @HTMLBuilder _ content: () -> HTML) -> HTML {
        let inside = content()
        return HTML(
            .div, [.id("part-\(id)"), .class("part"), .set(.version, version(inside.markup))], inside)
    }

    /// A short mark of a text (FNV-1a).
    static func version(_ text: String) -> String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return String(hash, radix: 36)
    }
}
