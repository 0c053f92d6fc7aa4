import HeedAPI
import Reports

extension SpacePage {
    /// Who judged, and whose votes look odd.
    var judges: HTML {
        guard !view.judges.isEmpty else {
            return Parts.empty("Nobody has judged yet") {
                HTML(.p) {
                    "Judges appear here with how often they agree with the others, and with what looks odd about them."
                }
            }
        }
        let suspects = view.judges.filter { !$0.reasons.isEmpty || $0.setAside || $0.byHand }
        let others = view.judges.filter { $0.reasons.isEmpty && !$0.setAside && !$0.byHand }
        let policy =
            view.space.settings.suspects == .setAside
            ? "Flagged votes wait aside until someone counts them again."
            : "Flagged votes count all the same."
        return .all([
            HTML(.p, [.class("lede")]) {
                suspects.isEmpty
                    ? "Nothing looks bought or broken."
                    : "\(Parts.count(suspects.count, "judge needs", "judges need")) a look. \(policy) Nothing is deleted."
            },
            suspects.isEmpty
                ? .nothing : HTML(.ul, [.class("suspects")]) { for judge in suspects { suspect(judge) } },
            others.isEmpty ? .nothing : judgeTable(others),
        ])
    }

    private func suspect(_ judge: JudgeView) -> HTML {
        HTML(.li) {
            HTML(.div, [.class("judge-head")]) {
                HTML(.strong) { HTML(.bdi) { judge.judge } }
                " "
                Parts.badge(judge.setAside ? "set aside" : "counts", judge.setAside ? "warning" : "good")
                if judge.byHand { Parts.badge("by hand") }
                HTML(.span, [.class("muted")]) {
                    " \(Parts.count(judge.answers, "answer", "answers"))"
                    judge.agreement.map { ", agrees \(NumberText.percent($0.value))" } ?? ""
                    judge.seconds.map { $0 > 0 ? ", one every \(Parts.number($0, 1)) s" : "" } ?? ""
                }
            }
            HTML(.ul, [.class("reasons")]) {
                for reason in judge.reasons {
                    HTML(.li) {
                        Parts.badge(reason.rule)
                        " "
                        reason.found
                        if !reason.evidence.isEmpty {
                            HTML(.span, [.class("muted")]) {
                                " ("
                                reason.evidence.sorted { $0.key < $1.key }
                                    .map { "\($0.key) \(Parts.number($0.value, 2))" }.joined(separator: ", ")
                                ")"
                            }
                        }
                    }
                }
            }
            if isAdmin { judgeButtons(judge) }
        }
    }

    private func judgeButtons(_ judge: JudgeView) -> HTML {
        HTML(.div, [.class("buttons")]) {
            Forms.button(
                .path("spaces", space, "judge"), csrf: session.csrf,
                judge.setAside ? "Count again" : "Set aside",
                id: "judge-\(Live.version(judge.judge))",
                fields: [("judge", judge.judge), ("aside", judge.setAside ? "no" : "yes")],
                describe: "\(judge.setAside ? "Count again" : "Set aside"): \(judge.judge)")
            if judge.byHand {
                Forms.button(
                    .path("spaces", space, "judge"), csrf: session.csrf, "Leave it to the rules",
                    id: "rules-\(Live.version(judge.judge))",
                    fields: [("judge", judge.judge), ("aside", "rules")],
                    describe: "Leave it to the rules: \(judge.judge)")
            }
        }
    }

    private func judgeTable(_ judges: [JudgeView]) -> HTML {
        let rows = judges.map { judge -> [HTML] in
            [
                HTML(.bdi) { judge.judge }, .text(Parts.count(judge.answers)),
                .text(judge.agreement.map { NumberText.percent($0.value) } ?? "–"),
                .text(judge.seconds.map { Parts.number($0, 1) } ?? "–"),
                isAdmin
                    ? Forms.button(
                        .path("spaces", space, "judge"), csrf: session.csrf, "Set aside",
                        id: "judge-\(Live.version(judge.judge))",
                        fields: [("judge", judge.judge), ("aside", "yes")],
                        describe: "Set aside: \(judge.judge)") : .nothing,
            ]
        }
        let table = Parts.table(
            "Judges, by answers",
            [
                .init("Judge"), .init("Answers", number: true),
                .init("Agrees", number: true, help: "with the other judges"),
                .init("Seconds an answer", number: true, help: "median"), .init(""),
            ], rows)
        if judges.count <= 8 { return table }
        return HTML(.details, [.id("judge-table")]) {
            HTML(.summary) { "\(Parts.count(judges.count)) judges with nothing odd about them" }
            table
        }
    }

    /// What the audit found.
    var quality: HTML {
        if view.findings.isEmpty {
            return HTML(.p, [.class("muted")]) {
                view.ledger.kept == 0
                    ? "Findings appear here once feedback arrives." : "The audit found nothing to mend."
            }
        }
        return .all(
            view.findings.prefix(50).map { finding in
                let kind = ["serious", "warning"].contains(finding.severity) ? finding.severity : "info"
                return Parts.note(kind, finding.title) {
                    HTML(.p) { finding.found }
                    if !finding.advice.isEmpty { HTML(.p, [.class("remedy")]) { finding.advice } }
                }
            })
    }
}
