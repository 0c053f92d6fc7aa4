import Foundation
import Kernels
import Tensors
import Testing

@testable import Preferences

@Suite("Rewards that ask tools")
struct ToolTests {
    @Test(arguments: [
        ("0.1 + 0.2", "0.3"), ("(1 + 2) * 3 / 4", "2.25"), ("1/3 + 1/6", "0.5"), ("2^10", "1024"),
        ("-2^2", "-4"), ("2^-2", "0.25"), ("2^3^2", "512"), ("1/3", "1/3"), ("50% * 8", "4"),
        ("1,234.5*2", "2469"), ("--3", "3"), ("10-4-3", "3"), ("-1/8", "-0.125"), ("0.5-1", "-0.5"),
    ])
    func theCalculatorIsExact(_ input: String, _ output: String) throws {
        #expect(try CalculatorTool().call(input) == output)
    }

    @Test func theCalculatorFailsInWords() throws {
        let tool = CalculatorTool()
        #expect(throws: ToolError.impossible("division by zero")) { try tool.call("1/(2-2)") }
        #expect(throws: ToolError.limit("the number is too large")) { try tool.call("9^99") }
        #expect(throws: ToolError.limit("the exponent is too large")) { try tool.call("1^9999999") }
        #expect(throws: ToolError.self) { try tool.call(String(repeating: "(", count: 500)) }
        #expect(throws: ToolError.self) { try tool.call(String(repeating: "2^", count: 400) + "1") }
        #expect(throws: ToolError.self) { try tool.call(String(repeating: "1+", count: 2000) + "1") }
        for bad in ["", "1+", "a", "(1", "1)", "1..2", "2^0.5", "9223372036854775808", "1 2"] {
            #expect(throws: ToolError.self) { try tool.call(bad) }
        }
        let call = ToolCall(tool, input: "1/0")
        #expect(!call.succeeded && call.observation == "error: division by zero")
    }

    @Test func theCalculatorFindsItsInput() {
        let tool = CalculatorTool()
        #expect(tool.input(for: "What is 12 + 30 * 2?") == "12 + 30 * 2")
        #expect(tool.input(for: "Tell me 12 times 4, please.") == "12 * 4")
        #expect(tool.input(for: "What is 20% of 50?") == "20% * 50")
        #expect(tool.input(for: "How many days from 2024-02-01 to 2024-03-01?") == nil)
        #expect(tool.input(for: "Who wrote it in 1984?") == nil)
        #expect(tool.input(for: "What is 1/0?") == "1/0")
    }

    @Test func rationalsKeepTheirLimits() throws {
        let large = Rational(.max)
        #expect(throws: ToolError.self) { try large + Rational(1) }
        #expect(throws: ToolError.self) { try large * large }
        #expect(throws: ToolError.self) { try Rational(.min).negated() }
        #expect(throws: ToolError.self) { try Rational(1, over: .min) }
        #expect(try Rational(.min, over: .min) == Rational(1))
        #expect(try Rational(6, over: -4).description == "-1.5")
        #expect(try Rational(1, over: 1 << 60).description == "1/1152921504606846976")
        #expect(Rational("0.1") == (try Rational(1, over: 10)))
        #expect(try #require(Rational("9223372036854775807")) == large)
        #expect(Rational("1.0") == Rational(1) && Rational("-") == nil && Rational("1-2") == nil)
    }

    @Test func theCalendar() throws {
        let tool = CalendarTool()
        #expect(try tool.call("weekday of 2024-02-29") == "Thursday")
        #expect(try tool.call("weekday of 1969-12-31") == "Wednesday")
        #expect(try tool.call("days from 2024-02-28 to 2024-03-01") == "2")
        #expect(try tool.call("2024-02-28 plus 2 days") == "2024-03-01")
        #expect(try tool.call("3 days before March 1st, 2023") == "2023-02-26")
        #expect(
            CivilDate(days: 0).description == "1970-01-01" && CivilDate(year: 2023, month: 2, day: 29) == nil)
        for days in stride(from: -700_000, through: 2_900_000, by: 9973) {
            let (year, month, day) = CivilDate(days: days).parts
            #expect(CivilDate(year: year, month: month, day: day)?.days == days)
        }
        #expect(
            CivilDate.dates(in: "from 5 Mar 2024 to 2024-03-07").map(\.description) == [
                "2024-03-05", "2024-03-07",
            ])
        #expect(
            CivilDate.dates(in: "2024-13-01 12024-01-01 2024-01-012 é2024-01-02").map(\.description) == [
                "2024-01-02"
            ])
        #expect(tool.input(for: "Which weekday was 2024-02-29?") == "weekday of 2024-02-29")
        #expect(
            tool.input(for: "What is the date 2 weeks after 29 February 2024?") == "2024-02-29 plus 14 days")
        #expect(tool.input(for: "How are you?") == nil)
        #expect(throws: ToolError.self) { try tool.call("2024-02-30") }
        #expect(throws: ToolError.self) { try tool.call("9999-12-31 plus 2 days") }
        #expect(throws: ToolError.self) { try tool.call("2024-02-28") }
    }

    @Test func unitsTablesAndPrograms() throws {
        let units = UnitTool()
        #expect(try units.call("2.5 km in m") == "2500")
        #expect(try units.call("70 fahrenheit in celsius") == "190/9")
        #expect(try units.call("-40 °C in °F") == "-40")
        #expect(
            try units.call(#require(units.input(for: "How many metres are there in 3 miles?"))) == "4828.032")
        #expect(try units.call("90 km/h in m/s") == "25")
        #expect(units.input(for: "How many metres is 3 kg?") == nil)
        #expect(throws: ToolError.self) { try units.call("3 parsecs in m") }

        let table = LookupTool(entries: ["France": "Paris", "New Zealand": "Wellington"])
        #expect(try table.call("new zealand") == "Wellington")
        #expect(table.input(for: "What is the capital of New Zealand?") == "new zealand")
        #expect(table.input(for: "") == nil && LookupTool(entries: [:]).input(for: "x") == nil)
        #expect(throws: ToolError.self) { try table.call("Spain") }

        let machine = StackMachine()
        #expect(
            try machine.call("1 5 loop: dup jumpzero end swap over * swap 1 - jump loop end: drop print")
                == "120")
        #expect(try machine.call("7 3 % print 1 2 < print 0.5 neg print stop 9 print") == "1 1 -0.5")
        #expect(try machine.call("-7 -1 % print -7 3 % print") == "0 -1")
        #expect(throws: ToolError.limit("the program takes more than 10000 steps")) {
            try machine.call("loop: jump loop")
        }
        #expect(throws: ToolError.limit("the program keeps more than 256 numbers")) {
            try machine.call("loop: 1 jump loop")
        }
        for bad in ["+", "1 0 / print", "jump", "jump nowhere", "1", "", "boo", "jumpzero", ":"] {
            #expect(throws: ToolError.self) { try machine.call(bad) }
        }
        #expect(machine.input(for: "Run:\n```stack\n1 print\n```") == "\n1 print\n")
    }

    @Test func claimsOfAnswers() {
        func agree(_ observation: String, _ answer: String, _ question: String = "") -> Bool {
            AnswerClaim(observation: observation).agreement(of: answer, to: question).matches
        }
        #expect(agree("42", "12 + 30 = 42", "What is 12 + 30?"))
        #expect(agree("42", "It is 42, by adding 12 and 30.", "What is 12 + 30?"))
        #expect(!agree("42", "43"))
        #expect(agree("1234.5", "1,234.5") && agree("-3", "It is -3.") && agree("1/3", "about 0.33"))
        #expect(!agree("1/3", "0.34") && !agree("42", "41.9") && agree("1/3", "1/3"))
        #expect(agree("Thursday", "It was a thursday.") && !agree("Thursday", "Friday"))
        #expect(agree("2024-03-01", "It is March 1, 2024.", "2 days after 2024-02-28?"))
        #expect(agree("Paris", "The capital is Paris.") && !agree("Paris", "") && !agree("42", "none"))
        let far = AnswerClaim(observation: "-7")
        #expect(far.agreement(of: "100", to: "").error == 1 && far.agreement(of: "103", to: "").error == 1)
        #expect(AnswerClaim(observation: "0").agreement(of: "3", to: "").error == 1)
        #expect(
            AnswerClaim.numbers(in: "GPT4 costs 3.50, not v2 or 10-20.").map(\.value.double) == [3.5, 10, 20])
    }

    static func pairs(_ count: Int, seed: UInt64) -> [TextPair] {
        var random = CounterRandom(seed: seed)
        return (0..<count).map { place in
            let (a, b) = (10 + random.below(90), 10 + random.below(90))
            let right = place % 2 == 0
            if place % 3 == 0 {
                return TextPair(
                    prompt: "Say something nice about \(a) cats.",
                    first: right ? "lovely cats" : "awful cats",
                    second: right ? "awful cats" : "lovely cats", label: right ? 1 : 0)
            }
            let (good, bad) = ("\(a + b)", "\(a + b + 1 + random.below(3))")
            return TextPair(
                prompt: "What is \(a) + \(b)?", first: right ? good : bad, second: right ? bad : good,
                label: right ? 1 : 0)
        }
    }

    @Test func rewardsRestOnWhatToolsFind() throws {
        let (train, test) = (Self.pairs(240, seed: 1), Self.pairs(60, seed: 2))
        let model = try ToolReward(buckets: 64).fit(train)
        #expect(model.router.tools == ["calculator", "none"])
        let values = try model.predict(test).map(\.value)
        let hits = zip(values, test).count { ($0 > 0) == ($1.label > 0.5) }
        #expect(hits >= 59)
        let scored = try model.score(question: "What is 17 + 25?", answer: "42")
        #expect(
            scored.call == ToolCall(CalculatorTool(), input: "17 + 25") && scored.call?.observation == "42")
        #expect(try scored.reward > model.score(question: "What is 17 + 25?", answer: "43").reward)
        #expect(try model.score(question: "Say something nice about 3 cats.", answer: "x").call == nil)

        let loaded = try ToolRewardModel<LinearRewardModel>(model.state)
        #expect(try loaded.predict(test) == model.predict(test) && loaded.state == model.state)
        #expect(throws: LearningError.self) { try ToolRewardModel<LinearRewardModel>(model.state, tools: []) }
        #expect(throws: LearningError.self) { try ToolRewardModel<LinearRewardModel>(ModelState()) }
        #expect(throws: LearningError.self) { try ToolReward().fit([]) }
        #expect(throws: LearningError.self) { try ToolReward().fit(train, tools: ["calculator"]) }
        #expect(throws: LearningError.self) {
            try ToolReward().fit(train, tools: train.map { _ in "oracle" })
        }
        let same = try Parallel.withThreads(1) { try ToolReward(buckets: 64).fit(train).state }
        #expect(same == model.state)
    }

    @Test func liesLeaveTheTextAlone() throws {
        struct Liar: AnswerTool {
            let name = "calculator", usage = ""
            func call(_ input: String) throws -> String { "-5" }
            func input(for question: String) -> String? { CalculatorTool().input(for: question) }
        }
        let train = Self.pairs(240, seed: 1).filter { $0.prompt.hasPrefix("What") }
        let model = try ToolReward(buckets: 0).fit(train, tools: train.map { _ in "calculator" })
        #expect(try model.predict(train).allSatisfy { abs($0.value) > 0.5 })
        let lied = try model.with(tools: [Liar()]).predict(train)
        #expect(lied.allSatisfy { $0.probability == 0.5 })
        let text = try ToolReward(tools: [], buckets: 32).fit(train)
        let data = try ComparisonSet(train) { ToolFeatures(tools: [], buckets: 32).row($0, $1, nil) }
        #expect(
            try text.predict(train)
                == LinearReward().fit(data).scores(data.items, for: .everyone).differences(train.count))
    }

    @Test func theRouterLearnsWhatQuestionsAreFor() throws {
        let questions = (1...40).map {
            $0 % 2 == 0 ? "What is \($0) + 3?" : "Which weekday was 2024-01-\(10 + $0 % 20)?"
        }
        let labels = (1...40).map { $0 % 2 == 0 ? "calculator" : "calendar" }
        let router = try ToolRouter(questions: questions, tools: labels)
        #expect(router.choose("What is 99 + 1?") == "calculator")
        #expect(abs(router.probabilities("hm").reduce(0, +) - 1) < 1e-12)
        #expect(try ToolRouter(router.state) == router)
        #expect(try ToolRouter(questions: ["a"], tools: ["none"]).choose("b") == "none")
        #expect(throws: LearningError.self) { try ToolRouter(questions: [], tools: []) }
        #expect(throws: LearningError.self) { try ToolRouter(ModelState()) }
    }

    @Test func aModelCallsTools() async throws {
        let model = ScriptedChat(name: "m") { messages, _ in
            switch messages.count {
            case 2: #"{"thought": "add", "action": "calculator", "input": "1/0"}"#
            case 4: "Hm."
            case 6: #"{"thought": "look", "action": "oracle"}"#
            default:
                messages.contains { $0.text == "Observation: error: there is no tool \"oracle\"" }
                    ? #"I say {"rationale": "wrong", "score": 2}"# : "?"
            }
        }
        let judged = try await ToolUsingJudge(model).judge(question: "1/0?", answer: "1")
        #expect(judged.reward == 2 && judged.rationale == "wrong" && judged.steps.count == 2)
        #expect(judged.steps[0].call.observation == "error: division by zero")
        let mute = ScriptedChat { _, _ in "no" }
        #expect(try await ToolUsingJudge(mute).judge(question: "", answer: "").reward == nil)
        let eager = ScriptedChat { messages, _ in
            messages.last?.text.hasPrefix("No more") == true
                ? #"{"score": 11}"# : #"{"action": "calculator", "input": "1"}"#
        }
        let ended = try await ToolUsingJudge(eager, calls: 1).judge(question: "", answer: "")
        #expect(ended.steps.count == 1 && ended.reward == nil)
    }

    @Test func theLossOfTraces() {
        guard Torch.isAvailable else { return }
        let d = Tensor([Float(0.7), -0.2])
        let parts: [TraceLoss.Part] = [.given, .call, .observation, .rationale]
        let logits = Tensor((0..<12).map { Float($0 % 5) / 3 }, shape: [4, 3])
        func loss(_ loss: TraceLoss, _ logits: Tensor) -> Tensor {
            loss(rewards: d, traces: [.init(logits: logits, tokens: [0, 1, 2, 1], parts: parts)])
        }
        let plain = (LogisticLoss().value(0.7, label: 1) + LogisticLoss().value(-0.2, label: 1)) / 2
        let none = TraceLoss(alpha: 0, rationale: 0)
        #expect(abs(loss(none, logits).scalar - plain) < 1e-6)
        #expect(abs(TraceLoss()(rewards: d, traces: []).scalar - plain) < 1e-6)
        let log = logits.logSoftmax(over: 1).doubles
        let expected = plain - 2 * log[4] - 2 * 0.5 * log[8] - 3 * log[10]
        #expect(
            abs(loss(TraceLoss(alpha: 2, observation: 0.5, rationale: 3), logits).scalar - expected) < 1e-5)
        let gradient = gradient(of: { loss(TraceLoss(), $0) }, at: logits).doubles
        #expect(gradient[0..<3].allSatisfy { $0 == 0 } && gradient[6..<9].allSatisfy { $0 == 0 })
        #expect(gradient[3..<6].contains { $0 != 0 } && gradient[9..<12].contains { $0 != 0 })
    }
}

extension [Prediction] {
    fileprivate func differences(_ count: Int) -> [Prediction] {
        (0..<count).map { Prediction(self[$0].value - self[$0 + count].value) }
    }
}
