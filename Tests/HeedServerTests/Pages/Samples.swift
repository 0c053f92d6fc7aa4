import HeedAPI
import Serving

@testable import HeedServer

/// A space in full use, made by hand.
enum Samples {
    static let now = 1_795_262_400.0

    static var session: WebSession {
        WebSession(principal: Principal(key: "k", roles: [.admin]), csrf: "token")
    }

    static func overview(_ name: String = "support-answers", text: (String) -> String = { $0 })
        -> SpaceOverview
    {
        var space = Space(name: name, created: now - 1e6)
        space.settings.question = text("Which answer helps the customer more?")
        let names = [
            "Warm and short", "Step by step", "Formal", "Apology first", "Link to the guide", "Ask back",
        ]
        space.settings.items = names.map { Item(text($0), text: text("**\($0)** answer")) }
        space.settings.actions = ["banner", "none", "popup"].map(text)
        var view = SpaceOverview(space: space)
        view.ledger.received = 18_432
        view.ledger.kept = 18_009
        view.ledger.pending = 3
        view.ledger.refused = [text("duplicate"): 402, "malformed": 18]
        view.kinds = ["comparison": 5_210, "decision": 6_400, "reward": 6_399]
        view.perMinute = (0..<60).map { ($0 * $0 * 7 + 13 * $0) % 97 + ($0 > 40 ? 60 : 0) }
        view.ranking = RankingView(
            items: names.enumerated().map { index, name in
                let score = 1.1 - 0.45 * Double(index)
                return RankedEntry(
                    item: text(name), score: Estimate(score, low: score - 0.22, high: score + 0.25),
                    rank: index + 1,
                    rankLow: max(1, index), rankHigh: min(6, index + 2),
                    comparisons: 1_500 - Double(index) * 20)
            }, method: text("bradley-terry"), last: 18_432, made: now, votes: 5_180, setAside: 30,
            advice: text(
                "Warm and short is the best with 96% probability; about 120 more votes would settle ranks 3 and 4."
            ),
            settled: false, notes: [text("Two items were never compared with each other.")])
        view.decisions = decisions(text)
        view.judges = judges(text)
        view.findings = [
            FindingView(
                severity: "warning", title: text("Left is chosen more often"),
                found: text("The left side won 57% of 5,180 comparisons, more than chance explains."),
                advice: text("Keep sides randomised; the ranking corrects for it.")),
            FindingView(severity: "info", title: text("Few ties"), found: text("2% ties."), advice: ""),
        ]
        view.models = models(text)
        view.jobs = [
            JobInfo(
                id: "j9", space: name, kind: .policy, method: text("squarecb"), state: .running,
                progress: 0.42,
                message: text("fitting: 2,100 of 5,000 decisions"), created: now - 20),
            JobInfo(
                id: "j8", space: name, kind: .policy, method: "squarecb", state: .done, progress: 1,
                message: text("p2 beats p1"), created: now - 4000, finished: now - 3900, model: "p2"),
        ]
        return view
    }

    private static func decisions(_ text: (String) -> String) -> DecisionsView {
        let versions = ["uniform", "p1", "p2"].enumerated().map { index, version -> DecisionsView.Version in
            let value = 0.21 + 0.06 * Double(index)
            let reward = Estimate(value, low: value - 0.02, high: value + 0.02)
            return .init(version: text(version), count: 2_000, reward: reward)
        }
        let series = (0..<40).map { index -> DecisionsView.Point in
            let value = 0.2 + 0.004 * Double(index) + 0.01 * Double(index % 3)
            let reward = Estimate(value, low: value - 0.03, high: value + 0.03)
            return .init(time: now - Double(40 - index) * 3600, count: 160, reward: reward)
        }
        let actions = ["banner", "none", "popup"].enumerated().map { index, action -> DecisionsView.Action in
            let reward = index == 2 ? nil : Estimate(0.3, low: 0.27, high: 0.33)
            return .init(action: text(action), count: 900 - index * 300, reward: reward)
        }
        return DecisionsView(
            decisions: 6_400, rewarded: 6_399, versions: versions, series: series, actions: actions)
    }

    private static func judges(_ text: (String) -> String) -> [JudgeView] {
        let suspect =
            JudgeView(
                judge: text("worker-17"), answers: 412, agreement: Estimate(0.51, low: 0.46, high: 0.56),
                seconds: 0.8,
                reasons: [
                    Suspicion(
                        rule: "too-fast", found: text("answers in 0.8 s where others take 6 s"),
                        evidence: [text("median"): 0.8, "others": 6.1]),
                    Suspicion(
                        rule: "random", found: text("agrees with others no more than chance"), evidence: [:]),
                ], setAside: true)
        let others = (0..<6).map { index in
            JudgeView(
                judge: text("judge \(index)"), answers: 800 - index * 40, agreement: Estimate(0.81),
                seconds: 6.2)
        }
        return [suspect] + others
    }

    private static func models(_ text: (String) -> String) -> [ModelInfo] {
        let states = [ModelInfo.Status.candidate, .live, .retired]
        return (0..<3).map { index -> ModelInfo in
            let learned = DataRange(
                first: 1, last: 18_000 - Int64(index) * 4000, learned: 5_100 - index * 900, heldOut: 1_280)
            let metrics = ["value": 0.31 - 0.02 * Double(index), text("difference"): 0.012]
            return ModelInfo(
                id: "p\(3 - index)", kind: .policy, method: text("squarecb"), status: states[index],
                created: now - Double(index) * 5000, parent: index == 2 ? nil : "p\(2 - index)",
                learned: learned,
                metrics: metrics,
                verdict: text("Not surely better: the difference is 0.012 (−0.004 to 0.028)."),
                stale: index == 2 ? text("a person's feedback was erased") : nil, seed: 7, bytes: 48_213)
        }
    }

    static func page(_ view: SpaceOverview, message: Message? = nil) -> SpacePage {
        SpacePage(
            session: session, view: view,
            invitations: [
                InvitationInfo(
                    id: "i1", space: view.space.name, judge: nil, created: now, expires: now + 1e5,
                    path: "/c/eyJpIjoiaTEifQ.abcdefghijklmnopqrstuvwxyz0123456789"),
                InvitationInfo(
                    id: "i2", space: view.space.name, judge: "ann", created: now - 9e5, expires: now - 1e5,
                    path: "/c/eyJpIjoiaTIifQ.x"),
            ], origin: "http://127.0.0.1:8080", now: now, message: message)
    }

    static func task(_ count: Int = 2) -> ComparisonTask {
        let texts = [
            "## Hello Sam\n\nI am **sorry** for the delay. Here is what to do:\n\n1. Open *Settings*\n2. Choose `Reset`\n\n"
                + "> It takes a minute.\n\n```\nheed reset --all\n```\nMore at [the guide](https://example.org/guide).",
            "Dear customer,\n\nyour request has been received and will be processed **in due course**.\n\n- Ticket 4711\n- Priority low",
            "Just turn it off and on again.",
        ]
        return ComparisonTask(
            token: "t", question: "Which answer helps the customer more?",
            items: (0..<count).map {
                Item(
                    "item-\($0)", text: texts[$0 % 3],
                    json: $0 == 1 ? "{\"tone\":[\"formal\",3],\"ok\":true}" : nil)
            },
            bits: 0.4, answered: 12, settled: false, advice: "About 40 more votes would settle it.")
    }
}
