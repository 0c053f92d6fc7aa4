/// The ranking of a space's items from all feedback that counts.
public struct RankingView: Sendable, Hashable, Codable {
    /// The items, best first.
    public var items: [RankedEntry]
    /// The model that made it.
    public var method: String
    /// The number of the last piece of feedback in it.
    public var last: Int64
    /// When it was made, in seconds since 1970-01-01 UTC.
    public var made: Double
    /// How many votes count.
    public var votes: Int
    /// How many were set aside.
    public var setAside: Int
    /// Whether more votes would tell anything, in a sentence.
    public var advice: String
    /// Whether it is settled.
    public var settled: Bool
    /// What to know about it: parts that nothing connects, doubts.
    public var notes: [String]

    /// Creates it.
    public init(
        items: [RankedEntry], method: String, last: Int64, made: Double, votes: Int, setAside: Int,
        advice: String,
        settled: Bool, notes: [String]
    ) {
        self.items = items
        self.method = method
        self.last = last
        self.made = made
        self.votes = votes
        self.setAside = setAside
        self.advice = advice
        self.settled = settled
        self.notes = notes
    }
}

/// One item of a ranking.
public struct RankedEntry: Sendable, Hashable, Codable {
    /// The item.
    public var item: String
    /// Its score with its interval, in natural log-odds.
    public var score: Estimate
    /// Its rank, 1 is best.
    public var rank: Int
    /// The best rank that cannot be ruled out.
    public var rankLow: Int
    /// The worst.
    public var rankHigh: Int
    /// How many comparisons it was in.
    public var comparisons: Double

    /// Creates it.
    public init(item: String, score: Estimate, rank: Int, rankLow: Int, rankHigh: Int, comparisons: Double) {
        self.item = item
        self.score = score
        self.rank = rank
        self.rankLow = rankLow
        self.rankHigh = rankHigh
        self.comparisons = comparisons
    }
}

/// What a space's decisions paid off.
public struct DecisionsView: Sendable, Hashable, Codable {
    /// How many decisions there are.
    public var decisions: Int
    /// How many of them have a reward.
    public var rewarded: Int
    /// The mean reward of each version, in the order in which they first decided.
    public var versions: [Version]
    /// The mean reward over time: at most 60 stretches.
    public var series: [Point]
    /// How often each action was chosen lately and what it paid off.
    public var actions: [Action]

    /// What one version's decisions paid off.
    public struct Version: Sendable, Hashable, Codable {
        /// The version.
        public var version: String
        /// How many rewarded decisions it made.
        public var count: Int
        /// Their mean reward.
        public var reward: Estimate
        /// Creates it.
        public init(version: String, count: Int, reward: Estimate) {
            self.version = version
            self.count = count
            self.reward = reward
        }
    }
    /// One stretch of time.
    public struct Point: Sendable, Hashable, Codable {
        /// Where it begins, in seconds since 1970-01-01 UTC.
        public var time: Double
        /// How many rewarded decisions fall in it.
        public var count: Int
        /// Their mean reward.
        public var reward: Estimate
        /// Creates it.
        public init(time: Double, count: Int, reward: Estimate) {
            self.time = time
            self.count = count
            self.reward = reward
        }
    }
    /// One action.
    public struct Action: Sendable, Hashable, Codable {
        /// The action.
        public var action: String
        /// How often it was chosen.
        public var count: Int
        /// What it paid off where it was chosen; `nil` where nothing came back. Not what it would pay off elsewhere.
        public var reward: Estimate?
        /// Creates it.
        public init(action: String, count: Int, reward: Estimate?) {
            self.action = action
            self.count = count
            self.reward = reward
        }
    }

    /// Creates it.
    public init(decisions: Int, rewarded: Int, versions: [Version], series: [Point], actions: [Action]) {
        self.decisions = decisions
        self.rewarded = rewarded
        self.versions = versions
        self.series = series
        self.actions = actions
    }
}

/// A judge of a space.
public struct JudgeView: Sendable, Hashable, Codable {
    /// The judge.
    public var judge: String
    /// How many answers they gave.
    public var answers: Int
    /// The share of their answers that agree with the others', where that can be told.
    public var agreement: Estimate?
    /// The median seconds between two answers.
    public var seconds: Double?
    /// Why their votes look bought or broken; empty where they do not.
    public var reasons: [Suspicion]
    /// Whether their votes are set aside.
    public var setAside: Bool
    /// Whether somebody decided that by hand.
    public var byHand: Bool

    /// Creates it.
    public init(
        judge: String, answers: Int, agreement: Estimate? = nil, seconds: Double? = nil,
        reasons: [Suspicion] = [],
        setAside: Bool = false, byHand: Bool = false
    ) {
        self.judge = judge
        self.answers = answers
        self.agreement = agreement
        self.seconds = seconds
        self.reasons = reasons
        self.setAside = setAside
        self.byHand = byHand
    }
}

/// Why a judge's votes look bought or broken.
public struct Suspicion: Sendable, Hashable, Codable {
    /// The rule: `burst`, `sybil`, `too-fast`, `random`, `one-sided`.
    public var rule: String
    /// What was found, in a sentence.
    public var found: String
    /// The figures behind it.
    public var evidence: [String: Double]

    /// Creates it.
    public init(rule: String, found: String, evidence: [String: Double]) {
        self.rule = rule
        self.found = found
        self.evidence = evidence
    }
}

/// Something that the audit found in a space's feedback.
public struct FindingView: Sendable, Hashable, Codable {
    /// `info`, `warning` or `serious`.
    public var severity: String
    /// In a few words.
    public var title: String
    /// What was found.
    public var found: String
    /// What to do.
    public var advice: String

    /// Creates it.
    public init(severity: String, title: String, found: String, advice: String) {
        self.severity = severity
        self.title = title
        self.found = found
        self.advice = advice
    }
}

/// All that the dashboard shows of a space.
public struct SpaceOverview: Sendable, Hashable, Codable {
    /// The space.
    public var space: Space
    /// Its ledger.
    public var ledger: LedgerReport
    /// How many pieces of feedback there are of each kind.
    public var kinds: [String: Int]
    /// Feedback that came in during each of the last 60 minutes, the current one last, as this process saw it.
    public var perMinute: [Int]
    /// The ranking, where there is one.
    public var ranking: RankingView?
    /// What decisions paid off, where there are any.
    public var decisions: DecisionsView?
    /// The judges: those with reasons first, then by answers; at most 200.
    public var judges: [JudgeView]
    /// What the audit found.
    public var findings: [FindingView]
    /// The models, newest first.
    public var models: [ModelInfo]
    /// The jobs, newest first; at most 20.
    public var jobs: [JobInfo]

    /// Creates it.
    public init(
        space: Space, ledger: LedgerReport = LedgerReport(), kinds: [String: Int] = [:],
        perMinute: [Int] = [],
        ranking: RankingView? = nil, decisions: DecisionsView? = nil, judges: [JudgeView] = [],
        findings: [FindingView] = [], models: [ModelInfo] = [], jobs: [JobInfo] = []
    ) {
        self.space = space
        self.ledger = ledger
        self.kinds = kinds
        self.perMinute = perMinute
        self.ranking = ranking
        self.decisions = decisions
        self.judges = judges
        self.findings = findings
        self.models = models
        self.jobs = jobs
    }
}

/// How the service is.
public struct StatusReport: Sendable, Hashable, Codable {
    /// Heed's version.
    public var version: String
    /// Seconds since this process began to serve.
    public var uptime: Double
    /// Where it keeps its data: `sqlite` or `postgres`.
    public var store: String
    /// The ledger of each space.
    public var ledgers: [String: LedgerReport]
    /// Pieces of feedback that wait to be written.
    public var queued: Int
    /// The most that may wait.
    public var queueLimit: Int
    /// The memory of the process, in bytes.
    public var memory: Int

    /// Creates it.
    public init(
        version: String, uptime: Double, store: String, ledgers: [String: LedgerReport], queued: Int,
        queueLimit: Int, memory: Int
    ) {
        self.version = version
        self.uptime = uptime
        self.store = store
        self.ledgers = ledgers
        self.queued = queued
        self.queueLimit = queueLimit
        self.memory = memory
    }
}
