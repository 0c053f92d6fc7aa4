/// A model of a space: one version of a policy or of a ranker.
public struct ModelInfo: Sendable, Hashable, Codable {
    /// The version, such as `p3` or `r12`: never used again within its space.
    public var id: String
    /// What it is.
    public var kind: ModelKind
    /// How it was learnt: `squarecb`, `bradley-terry`.
    public var method: String
    /// What became of it.
    public var status: Status
    /// When it was made, in seconds since 1970-01-01 UTC.
    public var created: Double
    /// The version that was live when it was made.
    public var parent: String?
    /// The data that it learnt from.
    public var learned: DataRange
    /// Figures on held-out feedback, by name.
    public var metrics: [String: Double]
    /// Whether it beat the live model there, in a sentence.
    public var verdict: String
    /// Why it should be learnt anew, such as that a person's feedback was erased; `nil` where nothing speaks for it.
    public var stale: String?
    /// The seed of its training.
    public var seed: UInt64
    /// How many bytes it takes.
    public var bytes: Int

    /// What became of a model.
    public enum Status: String, Sendable, Hashable, Codable, CaseIterable {
        /// Made, and not (yet) better than the live one.
        case candidate
        /// Decides now.
        case live
        /// Decided once.
        case retired
    }

    /// Creates it.
    public init(
        id: String, kind: ModelKind, method: String, status: Status, created: Double, parent: String?,
        learned: DataRange, metrics: [String: Double], verdict: String, stale: String? = nil, seed: UInt64,
        bytes: Int
    ) {
        self.id = id
        self.kind = kind
        self.method = method
        self.status = status
        self.created = created
        self.parent = parent
        self.learned = learned
        self.metrics = metrics
        self.verdict = verdict
        self.stale = stale
        self.seed = seed
        self.bytes = bytes
    }
}

/// Which of a space's feedback a model learnt from.
public struct DataRange: Sendable, Hashable, Codable {
    /// The first piece of feedback, by its number in the order of arrival.
    public var first: Int64
    /// The last.
    public var last: Int64
    /// How many pieces were learnt from.
    public var learned: Int
    /// How many were held out, never to be learnt from.
    public var heldOut: Int
    /// The judges whose votes were set aside.
    public var setAside: [String]

    /// Creates a range.
    public init(first: Int64, last: Int64, learned: Int, heldOut: Int, setAside: [String] = []) {
        self.first = first
        self.last = last
        self.learned = learned
        self.heldOut = heldOut
        self.setAside = setAside
    }
}

/// What to train.
public struct TrainRequest: Sendable, Hashable, Codable {
    /// What kind of model.
    public var kind: ModelKind
    /// The method; the space's where left out.
    public var method: String?
    /// The seed.
    public var seed: UInt64?

    /// Creates a request.
    public init(kind: ModelKind = .policy, method: String? = nil, seed: UInt64? = nil) {
        self.kind = kind
        self.method = method
        self.seed = seed
    }
}

/// A training that waits, runs or ran.
public struct JobInfo: Sendable, Hashable, Codable {
    /// Its id.
    public var id: String
    /// The space.
    public var space: String
    /// What is trained.
    public var kind: ModelKind
    /// How.
    public var method: String
    /// Where it stands.
    public var state: State
    /// How much is done, 0 to 1.
    public var progress: Double
    /// What it does now, or how it ended.
    public var message: String
    /// When it was asked for, in seconds since 1970-01-01 UTC.
    public var created: Double
    /// When it ended.
    public var finished: Double?
    /// The model that it made.
    public var model: String?

    /// Where a job stands.
    public enum State: String, Sendable, Hashable, Codable, CaseIterable {
        case queued, running, done, failed, cancelled
        /// Whether nothing more will happen.
        public var isFinal: Bool { self == .done || self == .failed || self == .cancelled }
    }

    /// Creates it.
    public init(
        id: String, space: String, kind: ModelKind, method: String, state: State = .queued,
        progress: Double = 0,
        message: String = "", created: Double, finished: Double? = nil, model: String? = nil
    ) {
        self.id = id
        self.space = space
        self.kind = kind
        self.method = method
        self.state = state
        self.progress = progress
        self.message = message
        self.created = created
        self.finished = finished
        self.model = model
    }
}

/// Two models on the same held-out feedback.
public struct ModelComparison: Sendable, Hashable, Codable {
    /// The first model.
    public var a: String
    /// The second.
    public var b: String
    /// What is compared: `value` (more is better) or `log-loss` (less is better).
    public var metric: String
    /// The figure of the first, with its interval.
    public var valueA: Estimate
    /// The figure of the second.
    public var valueB: Estimate
    /// a − b.
    public var difference: Estimate
    /// On how many held-out pieces.
    public var count: Int
    /// In a sentence.
    public var verdict: String
    /// Doubts about the comparison.
    public var findings: [String]

    /// Creates it.
    public init(
        a: String, b: String, metric: String, valueA: Estimate, valueB: Estimate, difference: Estimate,
        count: Int,
        verdict: String, findings: [String]
    ) {
        self.a = a
        self.b = b
        self.metric = metric
        self.valueA = valueA
        self.valueB = valueB
        self.difference = difference
        self.count = count
        self.verdict = verdict
        self.findings = findings
    }
}

/// A number and how surely it is known.
public struct Estimate: Sendable, Hashable, Codable {
    /// The number.
    public var value: Double
    /// The lower end of its interval; `nil` where there is none.
    public var low: Double?
    /// The upper end.
    public var high: Double?

    /// Creates it.
    public init(_ value: Double, low: Double? = nil, high: Double? = nil) {
        self.value = value
        self.low = low
        self.high = high
    }
}
