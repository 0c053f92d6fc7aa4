import Kernels
import Tensors

/// Trains what computes differences of scores with tensors: batches of comparisons, a loss, early stopping on held-out units.
///
/// Methods give it a closure that computes the differences for the comparisons of a batch; everything else is here. A share of
/// the units (prompts, or pairs where there are none) is held out; every few steps the loss on it is taken, and the parameters
/// of its minimum are kept in the end.
public struct PairTrainer: Sendable {
    /// The number of steps, at most.
    public var steps: Int
    /// The number of comparisons in a batch.
    public var batch: Int
    /// η.
    public var learningRate: Double
    /// The pull of all weights to zero, as in AdamW.
    public var weightDecay: Double
    /// The share of units held out for early stopping; 0 trains to the end.
    public var validationShare: Double
    /// After how many steps each the held-out loss is taken.
    public var validateEvery: Int
    /// How many times in a row it may give nothing better.
    public var patience: Int

    /// Creates a trainer.
    public init(
        steps: Int = 2000, batch: Int = 256, learningRate: Double = 1e-3, weightDecay: Double = 1e-4,
        validationShare: Double = 0.1, validateEvery: Int = 25, patience: Int = 10
    ) {
        precondition(steps > 0 && batch > 0 && validateEvery > 0 && patience > 0, "counts are at least 1")
        precondition((0..<1).contains(validationShare), "a share is from 0 to below 1")
        self.steps = steps
        self.batch = batch
        self.learningRate = learningRate
        self.weightDecay = weightDecay
        self.validationShare = validationShare
        self.validateEvery = validateEvery
        self.patience = patience
    }

    /// Trains; `differences` gives the tensor (batch) of s(first) − s(second) for the comparisons at some places.
    ///
    /// - Parameter penalty: what is added to the loss of a step, such as a divergence; nil for nothing.
    /// - Throws: `LearningError`.
    public func fit(
        _ method: String, _ module: any Module, on data: ComparisonSet, loss: any PairLoss, seed: UInt64,
        watch: FitWatch, penalty: ((_ places: [Int]) throws -> Tensor)? = nil,
        differences: @escaping (_ places: [Int], _ phase: Phase) throws -> Tensor
    ) throws -> FitCertificate {
        try requireTorch(method)
        let (train, held) = split(data, seed: seed)
        var optimizer = Optimizer(
            AdamW(learningRate, weightDecay: weightDecay), for: Parameters(of: module))
        var batches = Batches(of: train.count, size: min(batch, train.count), seed: seed)
        var trainer = Trainer(steps: steps)
        trainer.seed = seed
        if !held.isEmpty { trainer.validation = Validation(every: validateEvery, patience: patience) }
        do {
            let result = try trainer.run(
                &optimizer,
                validate: held.isEmpty
                    ? nil : { try loss.mean(differences(held, .evaluation), of: data, at: held).scalar },
                progress: { watch.progress($0.step, $0.steps, $0.loss) },
                shouldStop: watch.shouldStop
            ) { _, phase in
                let places = batches.next().ints.map { train[$0] }
                let value = loss.mean(try differences(places, phase), of: data, at: places)
                return try penalty.map { try value + $0(places) } ?? value
            }
            guard result.reason != .cancelled, result.reason != .stopped else {
                throw LearningError.cancelled
            }
            return FitCertificate(
                converged: result.reason == .noImprovement, steps: result.losses.count,
                loss: result.best?.loss ?? result.losses.suffix(20).reduce(0, +)
                    / Double(min(20, result.losses.count)),
                limits: [])
        } catch let error as TrainingError {
            throw LearningError.training(method: method, reason: "\(error)")
        }
    }

    /// The places that `fit` learns from with a seed, and those that it holds out.
    func split(_ data: ComparisonSet, seed: UInt64) -> (train: [Int], held: [Int]) {
        let parts = HonestSplit.parts(HonestSplit.units(data), share: validationShare, seed: seed &+ 17)
        return parts.rest.isEmpty ? (parts.part, []) : (parts.rest, parts.part)
    }

    /// Requires libtorch, with what to do where there is none.
    func requireTorch(_ method: String) throws {
        do { try Torch.require() } catch {
            throw LearningError.training(method: method, reason: "it needs libtorch: \(error)")
        }
    }
}
