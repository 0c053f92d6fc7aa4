import Tensors

/// A method in the catalogue.
public struct CatalogueEntry: Sendable {
    /// The id, as in `heed try ID`.
    public let id: String
    /// The paper or the origin.
    public let paper: String
    /// The module that it lives in.
    public let module: String
    /// One line.
    public let summary: String
    /// The claim that runs.
    public let experiment: any Experiment
    /// Whether it computes with tensors, which need libtorch.
    public let needsTensors: Bool

    init(
        id: String, paper: String, module: String, summary: String, experiment: any Experiment,
        needsTensors: Bool = false
    ) {
        self.id = id
        self.paper = paper
        self.module = module
        self.summary = summary
        self.experiment = experiment
        self.needsTensors = needsTensors || module == "Tensors"
    }

    /// Runs the claim.
    ///
    /// Tensors compute on one thread here: libtorch cuts sums by the number of threads, and a result is to be the same on
    /// every machine; networks of this size gain nothing from more.
    ///
    /// - Throws: `TensorError.libraryUnavailable` where it needs libtorch and there is none; what the experiment throws.
    public func run(_ size: ExperimentSize, seed: UInt64) throws -> ExperimentResult {
        if needsTensors {
            try Torch.require()
            Torch.threads = 1
        }
        return try experiment.run(size, seed: seed)
    }
}
