import HeedAPI

/// Where somebody says which of a few things is better.
struct ComparePage {
    /// The link's token.
    var token: String
    /// The question; `nil` where there is nothing to compare.
    var task: ComparisonTask?
    /// The last answer, which can be taken back.
    var undo: String?
    /// What was wrong with the last answer.
    var problem: String?

    func html() -> HTML {
        Shell(title: task?.question ?? "Compare", session: nil, scripts: ["compare.js"], style: "compare")
            .page {
                HTML(.main, [.id("content")], part())
            }
    }

    /// The part that the next question replaces.
    func part() -> HTML {
        HTML(.div, [.id("task")]) {
            if let problem { HTML(.div, [.set(.role, "alert")]) { Parts.note("warning", problem) } }
            if let task { question(task) } else { nothing }
            if let undo { undoing(undo) }
        }
    }

    private func question(_ task: ComparisonTask) -> HTML {
        .all([
            HTML(.h1, [.set(.tabindex, "-1"), .id("question")]) { task.question },
            HTML(.p, [.class("standing"), .id("standing")]) {
                Parts.badge(task.settled ? "settled" : "still open", task.settled ? "good" : "plain")
                " You have answered \(Parts.count(task.answered)). \(task.advice)"
            },
            HTML(
                .form, [.set(.method, "post"), .action(.path("c", token, "answer")), .class("answering")]
            ) {
                Forms.hidden("task", task.token)
                HTML(.div, [.class("things n\(min(task.items.count, 6))")]) {
                    for (index, item) in task.items.enumerated() { thing(item, index) }
                }
                HTML(.div, [.class("answers")]) {
                    HTML(.div, [.class("choices")]) { choices(task.items.count) }
                    HTML(.div, [.class("others")]) {
                        answer("bothBad", task.items.count > 2 ? "All bad" : "Both bad", "ArrowDown b", "b")
                        answer("skip", "Skip", "s", "s")
                        HTML(.details, [.class("why"), .id("why")]) {
                            HTML(.summary) {
                                "Say why "
                                HTML(.kbd) { "w" }
                            }
                            HTML(.label, [.set(.for, "why-text")]) { "Why, in your words" }
                            HTML(
                                .textarea,
                                [
                                    .set(.name, "why"), .id("why-text"), .set(.rows, "3"),
                                    .set(.maxlength, "2000"),
                                ])
                        }
                    }
                }
            },
        ])
    }

    private func choices(_ count: Int) -> HTML {
        if count == 2 {
            return .all([
                answer("left", "A is better", "ArrowLeft 1", "←"), answer("tie", "Tie", "ArrowUp =", "↑"),
                answer("right", "B is better", "ArrowRight 2", "→"),
            ])
        }
        return .all(
            (0..<count).map { answer("pick:\($0)", "\(Self.letter($0)) is best", "\($0 + 1)", "\($0 + 1)") }
                + [answer("tie", "Tie", "ArrowUp =", "↑")])
    }

    private func answer(_ value: String, _ label: String, _ keys: String, _ hint: String) -> HTML {
        HTML(
            .button,
            [
                .set(.type, "submit"), .set(.name, "answer"), .set(.value, value), .set(.keys, keys),
                .class(value == "skip" || value == "bothBad" ? "quiet" : value == "tie" ? "tie" : "choose"),
                .id("answer-\(value.replacing(":", with: "-"))"),
            ]
        ) {
            HTML(.span) { label }
            " "
            HTML(.kbd, [.set(.ariaHidden, "true")]) { hint }
        }
    }

    private static func letter(_ index: Int) -> String {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        return index < letters.count ? String(letters[index]) : "\(index + 1)"
    }

    private func thing(_ item: Item, _ index: Int) -> HTML {
        let id = "thing-\(index)"
        return HTML(.article, [.class("thing"), .set(.labelledby, id)]) {
            HTML(.h2, [.id(id)]) { Self.letter(index) }
            if let image = item.image.flatMap(Address.web) {
                HTML(
                    .img,
                    [
                        .src(image),
                        .set(.alt, item.text == nil ? item.id : "Image of \(Self.letter(index))"),
                        .set(.loading, "lazy"), .set(.decoding, "async"),
                        .set(.referrerpolicy, "no-referrer"),
                    ])
            }
            if let text = item.text {
                HTML(.div, [.class("prose")], Markdown.html(text))
            }
            if let json = item.json {
                HTML(.pre, [.set(.tabindex, "0")]) { HTML(.code) { JSONLayout.indented(json) } }
            }
            if item.text == nil, item.image == nil, item.json == nil {
                HTML(.p, [.class("name")]) { HTML(.bdi) { item.id } }
            }
        }
    }

    private func undoing(_ id: String) -> HTML {
        HTML(.form, [.set(.method, "post"), .action(.path("c", token, "undo")), .class("undo")]) {
            Forms.hidden("id", id)
            HTML(.button, [.set(.type, "submit"), .class("quiet"), .set(.keys, "u"), .id("undo")]) {
                HTML(.span) { "Undo the last answer" }
                " "
                HTML(.kbd, [.set(.ariaHidden, "true")]) { "u" }
            }
        }
    }

    private var nothing: HTML {
        .all([
            HTML(.h1, [.set(.tabindex, "-1"), .id("question")]) { "Nothing to compare right now" },
            HTML(.p, [.class("standing"), .id("standing")]) {
                "Thank you. There may be more later; this link stays good until it ends."
            },
            HTML(.p) { HTML(.a, [.href(.path("c", token))]) { "Look again" } },
        ])
    }
}
