import HeedAPI

/// One model: where it comes from, and how it stands against another.
struct ModelPage {
    var session: WebSession
    var space: String
    var model: ModelInfo
    var others: [ModelInfo]
    /// How it stands against the one that was asked for, or why that cannot be told.
    var comparison: Result<ModelComparison, ServerProblem>?

    /// Why a comparison failed, in a sentence.
    struct ServerProblem: Error { var text: String }

    func html() -> HTML {
        Shell(title: "\(model.id) · \(space)", session: session, current: "spaces").page {
            HTML(.main, [.id("content")]) {
                HTML(.div, [.class("page-head")]) {
                    HTML(.p, [.class("crumb")]) {
                        HTML(.a, [.href(.path("spaces", space, section: "models"))]) { "Models of \(space)" }
                    }
                    HTML(.h1) { "\(model.kind.rawValue.capitalized) \(model.id)" }
                }
                HTML(.section, [.class("panel"), .set(.label, "About it")]) { facts }
                HTML(.section, [.class("panel"), .set(.labelledby, "against")]) {
                    HTML(.h2, [.id("against")]) { "Against another" }
                    form
                    if let comparison { result(comparison) }
                }
            }
        }
    }

    private var facts: HTML {
        let rows: [(String, HTML)] = [
            ("State", Parts.badge(model.status.rawValue, model.status == .live ? "good" : "plain")),
            ("Method", .text(model.method)), ("Made", Parts.time(model.created)),
            ("Live when it was made", .text(model.parent ?? "–")),
            (
                "Learnt from",
                .text(
                    "\(Parts.count(model.learned.learned)) pieces, numbers \(model.learned.first) to \(model.learned.last); "
                        + "\(Parts.count(model.learned.heldOut)) held out")
            ),
            (
                "Set aside",
                .text(
                    model.learned.setAside.isEmpty ? "nobody" : model.learned.setAside.joined(separator: ", ")
                )
            ),
            ("Verdict", .text(model.verdict)), ("Seed", .text("\(model.seed)")),
            ("Size", .text("\(Parts.count(model.bytes)) bytes")),
        ]
        return .all([
            model.stale.map { why in Parts.note("warning", "It should be learnt anew") { HTML(.p) { why } } }
                ?? .nothing,
            HTML(.dl, [.class("pairs")]) {
                for row in rows {
                    HTML(.div) {
                        HTML(.dt) { row.0 }
                        HTML(.dd, [], row.1)
                    }
                }
                for metric in model.metrics.sorted(by: { $0.key < $1.key }) {
                    HTML(.div) {
                        HTML(.dt) { metric.key }
                        HTML(.dd) { Parts.number(metric.value, 4) }
                    }
                }
            },
        ])
    }

    private var form: HTML {
        let names = ["live"] + (model.kind == .policy ? ["uniform"] : []) + others.map(\.id)
        return HTML(
            .form, [.set(.method, "get"), .action(.path("spaces", space, "models", model.id)), .class("row")]
        ) {
            Forms.choice(
                "Compare with", "against", names.map { ($0, $0) }, "live", id: "against-choice",
                hint: "On held-out feedback that neither learnt from.")
            HTML(.button, [.set(.type, "submit"), .class("quiet")]) { "Compare" }
        }
    }

    private func result(_ result: Result<ModelComparison, ServerProblem>) -> HTML {
        switch result {
        case .failure(let problem):
            return Parts.note("warning", "It cannot be told") { HTML(.p) { problem.text } }
        case .success(let comparison):
            return .all([
                HTML(.p, [.class("lede")]) { comparison.verdict },
                Parts.table(
                    "\(comparison.metric) on \(Parts.count(comparison.count)) held-out pieces",
                    [.init("Model"), .init(comparison.metric, number: true)],
                    [
                        [.text(comparison.a), .text(Parts.estimate(comparison.valueA))],
                        [.text(comparison.b), .text(Parts.estimate(comparison.valueB))],
                        [.text("difference"), .text(Parts.estimate(comparison.difference))],
                    ]),
                .all(comparison.findings.map { finding in HTML(.p, [.class("remark")]) { finding } }),
            ])
        }
    }
}

/// One past decision.
struct DecisionPage {
    var session: WebSession
    var space: String
    var decision: DecisionProvenance

    func html() -> HTML {
        Shell(title: "Decision · \(space)", session: session, current: "spaces").page {
            HTML(.main, [.id("content")]) {
                HTML(.div, [.class("page-head")]) {
                    HTML(.p, [.class("crumb")]) {
                        HTML(.a, [.href(.path("spaces", space, section: "decisions"))]) {
                            "Decisions of \(space)"
                        }
                    }
                    HTML(.h1) { HTML(.bdi) { decision.decision } }
                }
                HTML(.section, [.class("panel"), .set(.label, "Where it came from")]) {
                    HTML(.p, [.class("lede")]) {
                        "“\(decision.action)” was chosen"
                        if let version = decision.version { " by \(version)" }
                        if let time = decision.time {
                            " on "
                            Parts.time(time)
                            " UTC"
                        }
                        "."
                    }
                    if let model = decision.model {
                        HTML(.p) {
                            HTML(.a, [.href(.path("spaces", space, "models", model.id))]) { model.id }
                            " (\(model.method)) had learnt from \(Parts.count(model.learned.learned)) pieces, "
                            "numbers \(model.learned.first) to \(model.learned.last)."
                        }
                    }
                    HTML(.p) {
                        decision.rewards.isEmpty
                            ? "No reward came back."
                            : "Rewards: \(decision.rewards.prefix(50).map { Parts.number($0) }.joined(separator: ", "))."
                    }
                    Parts.table(
                        "What was possible",
                        [.init("Action"), .init("Probability", number: true)],
                        decision.propensities.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(200)
                            .map {
                                choice in
                                [HTML(.bdi) { choice.key }, .text(Parts.number(choice.value, 4))]
                            })
                }
            }
        }
    }
}
