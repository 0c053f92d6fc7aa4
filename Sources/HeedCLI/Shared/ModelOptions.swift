import ArgumentParser
import Heed

/// Which model is fitted and how.
struct ModelOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "The model: \(PreferenceModels.all.map(\.id).joined(separator: ", ")).", valueName: "id"),
        completion: .list(PreferenceModels.all.map(\.id)))
    var model = AutomaticModel.id

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Control for a number of the items, such as length; name:log or name:tanh transform it. May be repeated.",
            valueName: "feature"))
    var covariate: [String] = []

    @Flag(name: .long, help: "Leave the advantage of place (home side, shown first) out of the model.")
    var noPosition = false

    @Option(name: .long, help: ArgumentHelp("Half-life of a game's weight, in days.", valueName: "days"))
    var halfLife: Double?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Standard deviation of the prior on scores in log-odds, or none.", valueName: "scale"))
    var prior = "10"

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Leave items with fewer observations out of the ranking (not out of the fit).",
            valueName: "number"))
    var minimum = 0.0

    @Option(name: .long, help: ArgumentHelp("Confidence of the intervals.", valueName: "level"))
    var confidence = 0.95

    @Option(
        name: .long,
        help: ArgumentHelp("What is independent: automatic, judge, prompt, none.", valueName: "unit"),
        completion: .list(IntervalOptions.Cluster.allCases.map(\.rawValue)))
    var cluster = "automatic"

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Intervals from this many bootstrap refits instead of the sandwich.", valueName: "refits"))
    var bootstrap: Int?

    @Flag(name: .long, help: "Intervals and ranks that stay valid when you look after every vote.")
    var anytime = false

    @Option(name: .long, help: "The seed of everything random.")
    var seed: UInt64 = 1

    func validate() throws {
        _ = try options()
        if !PreferenceModels.all.contains(where: { $0.id == model }) {
            throw ValidationError(
                "There is no model '\(model)'. Known: \(PreferenceModels.all.map(\.id).joined(separator: ", "))."
            )
        }
    }

    /// The options of the model.
    func options() throws -> BoardOptions {
        var options = BoardOptions()
        if prior == "none" {
            options.priorScale = nil
        } else if let scale = Double(prior), scale.isFinite, scale > 0 {
            options.priorScale = scale
        } else {
            throw ValidationError("--prior takes a positive number, or none.")
        }
        options.position = !noPosition
        if !(minimum >= 0) { throw ValidationError("--minimum takes a number that is not negative.") }
        options.minimumObservations = minimum
        options.covariates = try covariate.map { text in
            let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
            guard let name = parts.first else {
                throw ValidationError("--covariate needs the name of a feature.")
            }
            guard parts.count > 1 else { return Covariate(name) }
            switch parts[1] {
            case "log": return Covariate(name, .logarithm)
            case "tanh": return Covariate(name, .tanh)
            case "difference": return Covariate(name, .difference)
            default:
                throw ValidationError(
                    "--covariate \(name) can be transformed by log or tanh, not '\(parts[1])'.")
            }
        }
        if let halfLife {
            if !(halfLife > 0 && halfLife.isFinite) {
                throw ValidationError("--half-life takes a positive number of days.")
            }
            options.halfLife = halfLife * 86_400
        }
        if !(confidence > 0 && confidence < 1) { throw ValidationError("--confidence lies between 0 and 1.") }
        options.intervals.confidence = confidence
        guard let unit = IntervalOptions.Cluster(rawValue: cluster) else {
            throw ValidationError("--cluster is automatic, judge, prompt or none.")
        }
        options.intervals.cluster = unit
        if let bootstrap {
            if bootstrap < 20 { throw ValidationError("--bootstrap takes at least 20 refits.") }
            options.intervals.method = .bootstrap(bootstrap)
        }
        options.intervals.anytime = anytime
        options.intervals.seed = seed
        return options
    }

    /// The model.
    func makeModel() throws -> any PreferenceModel { try PreferenceModels.model(model, try options()) }
}
