import HeedAPI
import Reports

/// Everything about one space.
struct SpacePage {
    var session: WebSession
    var view: SpaceOverview
    var invitations: [InvitationInfo] = []
    /// The address of this server, for links and commands to copy.
    var origin: String
    var now: Double
    var message: Message?
    /// The settings form as it was sent, where it was refused.
    var draft: FormData?

    var space: String { view.space.name }
    var isAdmin: Bool { session.principal.may(.admin, in: space) }

    func html() -> HTML {
        Shell(title: space, session: session, current: "spaces", scripts: ["live.js"]).page {
            HTML(.main, [.id("content"), .class("space")]) {
                HTML(.div, [.class("page-head")]) {
                    HTML(.p, [.class("crumb")]) { HTML(.a, [.href(.path(""))]) { "All spaces" } }
                    HTML(.h1) { HTML(.bdi) { space } }
                    HTML(.p, [.class("question")]) { view.space.settings.question }
                    HTML(.p, [.class("live-state"), .id("live-state")])
                }
                if let message { message.html }
                contents
                HTML(.div, [.class("sections")]) {
                    HTML(.div, [.live(.path("spaces", space, "live")), .class("live")], live())
                    if isAdmin {
                        invitationSection
                        settingsSection
                    }
                }
            }
        }
    }

    /// The parts that change by themselves.
    func live() -> HTML {
        .all([
            Live.part("summary") { summary },
            section("ranking", "Ranking") { ranking },
            section("decisions", "Decisions") { decisions },
            section("models", "Models") { models },
            section("judges", "Judges") { judges },
            section("quality", "Data quality") { quality },
        ])
    }

    private var contents: HTML {
        let names =
            [("ranking", "Ranking"), ("decisions", "Decisions"), ("models", "Models"), ("judges", "Judges")]
            + [("quality", "Data quality")]
            + (isAdmin ? [("invitations", "Invitations"), ("settings", "Settings")] : [])
        return HTML(.nav, [.class("contents"), .set(.label, "On this page")]) {
            HTML(.ul) {
                for name in names { HTML(.li) { HTML(.a, [.href(.section(name.0))]) { name.1 } } }
            }
        }
    }

    private func section(_ id: String, _ title: String, @HTMLBuilder _ content: () -> HTML) -> HTML {
        let inside = content()
        return Live.part(id) {
            HTML(.section, [.class("panel"), .id(id), .set(.labelledby, "\(id)-title")]) {
                HTML(.h2, [.id("\(id)-title")]) { title }
                inside
            }
        }
    }

    private var summary: HTML {
        let ledger = view.ledger
        let refused = ledger.refused.values.reduce(0, +)
        let reasons = ledger.refused.sorted { $0.key < $1.key }.map { "\(Parts.count($0.value)) \($0.key)" }
        let policy = view.models.first { $0.kind == .policy && $0.status == .live }
        return HTML(.section, [.class("summary"), .set(.label, "In short")]) {
            Parts.figures([
                (Parts.count(ledger.kept), "pieces of feedback kept"),
                (Parts.count(view.perMinute.last ?? 0), "in the last minute"),
                (Parts.count(view.decisions?.decisions ?? 0), "decisions"),
                (policy?.id ?? "uniform", "live policy"),
            ])
            HTML(.div, [.class("traffic")]) {
                Parts.spark(view.perMinute, label: "Feedback a minute during the last hour")
                HTML(.p, [.class("hint")]) {
                    "Feedback a minute, last hour; at most \(Parts.count(view.perMinute.max() ?? 0))."
                }
            }
            HTML(.p, [.class("ledger")]) {
                "\(Parts.count(ledger.received)) received = \(Parts.count(ledger.kept)) kept + "
                "\(Parts.count(ledger.pending)) waiting for their decision + \(Parts.count(refused)) refused"
                reasons.isEmpty ? "" : " (\(reasons.joined(separator: ", ")))"
                " + \(Parts.count(ledger.removed)) removed"
                ledger.addsUp ? "." : ": this does not add up."
            }
            if !ledger.addsUp {
                Parts.note("serious", "The ledger does not add up") {
                    HTML(.p) { "Keep the database as it is and look at the server's log." }
                }
            }
            if !view.kinds.isEmpty {
                HTML(.p, [.class("hint")]) {
                    view.kinds.sorted { $0.key < $1.key }.map { "\($0.key) \(Parts.count($0.value))" }
                        .joined(separator: " · ")
                }
            }
        }
    }

    /// A command line for this space.
    func curl(_ method: String, _ path: String, _ json: String) -> String {
        """
        curl -X \(method) \(origin)/v1/spaces/\(space)/\(path) \\
          -H "Authorization: Bearer $HEED_KEY" -H "Content-Type: application/json" \\
          -d '\(json.replacing("'", with: "'\\''"))'
        """
    }
}
