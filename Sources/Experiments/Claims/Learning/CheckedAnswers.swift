import Kernels
import Preferences

/// Answers with figures and dates are told right from wrong by a reward that asks tools, and by chance without.
struct CheckedAnswers: Experiment {
    var claim: String {
        "of a right and a wrong answer to sums, day counts and weekdays a reward with tools prefers the right one in at "
            + "least 95%, one that sees only the text in at most 60%; with tools that lie the former falls to 50 ± 3%"
    }
    var baseline: String {
        "the same reward without tools, with the best of three ridges on the test questions"
    }

    func run(_ size: ExperimentSize, seed: UInt64) throws -> ExperimentResult {
        let (seeds, train, test) = size == .full ? (3, 500, 1500) : (2, 250, 2500)
        let runs = try (0..<seeds).map { index in
            var random = CounterRandom(seed: seed).split(UInt64(index))
            let questions = Self.questions(train + test, &random)
            let (known, asked) = (Array(questions.prefix(train)), Array(questions.dropFirst(train)))
            let model = try ToolReward().fit(known.map(\.pair), tools: known.map(\.tool), seed: seed)
            let unlabelled = try ToolReward().fit(known.map(\.pair), seed: seed)
            let lying = model.with(tools: AnswerTools.standard.map { LyingTool(base: $0) })
            let blind = try [1e-4, 1e-3, 1e-2].map { ridge in
                let text = try ToolReward(tools: [], ridge: ridge).fit(known.map(\.pair), seed: seed)
                return try Self.accuracy(text, asked)
            }
            let routed = asked.count { model.router.choose($0.pair.prompt) == $0.tool }
            return [
                try Self.accuracy(model, asked), try Self.accuracy(unlabelled, asked),
                try Self.accuracy(lying, asked), blind.max() ?? 0, Double(routed) / Double(asked.count),
            ]
        }
        let means = (0..<5).map { column in Statistics.mean(runs.map { $0[column] }) }
        return ExperimentResult(
            columns: ["reward", "accuracy"],
            rows: [
                .init("tools, told which", [means[0]]), .init("tools, not told which", [means[1]]),
                .init("tools that lie", [means[2]]), .init("text only", [means[3]]),
                .init("(the right tool chosen)", [means[4]]),
            ],
            holds: means[0] >= 0.95 && means[1] >= 0.95 && means[3] <= 0.6 && abs(means[2] - 0.5) <= 0.03
                && means[4] >= 0.95,
            verdict:
                "with tools \(percent(means[0])) (\(percent(means[1])) where nobody said which tool), text only "
                + "\(percent(means[3])), tools that lie \(percent(means[2])); the right tool in \(percent(means[4]))"
        )
    }

    private struct Question: Sendable {
        var pair: TextPair
        var tool: String
    }

    private static func accuracy(
        _ model: ToolRewardModel<LinearRewardModel>, _ questions: [Question]
    ) throws -> Double {
        let values = try model.predict(questions.map(\.pair)).map(\.value)
        let hits = zip(values, questions).reduce(0.0) { sum, each in
            sum + (each.0 == 0 ? 0.5 : (each.0 > 0) == (each.1.pair.label > 0.5) ? 1 : 0)
        }
        return hits / Double(questions.count)
    }

    /// Half sums and products, a quarter counts of days, a quarter weekdays; which answer stands first is drawn.
    private static func questions(_ count: Int, _ random: inout CounterRandom) -> [Question] {
        (0..<count).map { place in
            let (prompt, right, wrong, tool): (String, String, String, String)
            switch place % 4 {
            case 0, 1:
                let (a, b, c) = (10 + random.below(490), 2 + random.below(98), 1 + random.below(99))
                let value: Int
                let sum: String
                switch random.below(3) {
                case 0: (value, sum) = (a + b + c, "\(a) + \(b) + \(c)")
                case 1: (value, sum) = (a - b + c, "\(a) - \(b) + \(c)")
                default: (value, sum) = (a * b, "\(a) * \(b)")
                }
                (prompt, right, wrong, tool) = (
                    "What is \(sum)?", String(value), Self.wrong(value, &random), "calculator"
                )
            case 2:
                let from = CivilDate(days: 7305 + random.below(12_000))
                let days = 5 + random.below(900)
                let to = CivilDate(days: from.days + days)
                (prompt, right, wrong, tool) = (
                    "How many days are there from \(from) to \(to)?", String(days), Self.wrong(days, &random),
                    "calendar"
                )
            default:
                let date = CivilDate(days: 7305 + random.below(12_000))
                let other = (date.weekday + 1 + random.below(6)) % 7
                (prompt, right, wrong, tool) = (
                    "Which day of the week was \(date)?", CivilDate.weekdays[date.weekday],
                    CivilDate.weekdays[other], "calendar"
                )
            }
            let isFirst = random.bernoulli(0.5)
            return Question(
                pair: TextPair(
                    prompt: prompt, first: isFirst ? right : wrong, second: isFirst ? wrong : right,
                    label: isFirst ? 1 : 0),
                tool: tool)
        }
    }

    /// Off by one to three, or with two digits that are neighbours changed over.
    private static func wrong(_ value: Int, _ random: inout CounterRandom) -> String {
        var digits = Array(String(value))
        if random.bernoulli(0.5), digits.count > 2 {
            let place = 1 + random.below(digits.count - 2)
            if digits[place] != digits[place + 1] {
                digits.swapAt(place, place + 1)
                return String(digits)
            }
        }
        return String(value + (random.bernoulli(0.5) ? 1 : -1) * (1 + random.below(3)))
    }
}

/// A tool whose answers are far from the truth.
private struct LyingTool: AnswerTool {
    let base: any AnswerTool
    var name: String { base.name }
    var usage: String { base.usage }

    func call(_ input: String) throws -> String {
        let truth = try base.call(input)
        return Int(truth).map { String(-1 - $0.magnitude.description.count) } ?? "Someday"
    }

    func input(for question: String) -> String? { base.input(for: question) }
}
