import Heed

/// What `heed tune --json` prints.
struct TuneJSON: Encodable {
    struct Evaluation: Encodable {
        var settings: [String: TuneValue]
        var value: Double?
    }

    var method = BayesianOptimization.id
    var goal: SearchGoal
    var evaluations: [Evaluation]
    var bestSoFar: [Double]
    var recommendation: [String: TuneValue]
    var expected: Double
    var lower: Double
    var upper: Double

    init(_ policy: BayesianOptimization, _ found: SearchRecommendation) {
        goal = policy.goal
        evaluations = policy.evaluations.map {
            Evaluation(settings: TuneValue.settings($0.point), value: finite($0.outcome))
        }
        var best: Double?
        bestSoFar = policy.evaluations.compactMap { evaluation in
            if evaluation.outcome.isFinite {
                best =
                    best.map {
                        policy.goal == .minimize ? min($0, evaluation.outcome) : max($0, evaluation.outcome)
                    } ?? evaluation.outcome
            }
            return best
        }
        recommendation = TuneValue.settings(found.point)
        expected = found.mean
        lower = found.interval.lowerBound
        upper = found.interval.upperBound
    }
}

/// A setting's value as JSON has it.
enum TuneValue: Encodable {
    case number(Double)
    case whole(Int)
    case name(String)

    static func settings(_ point: SearchPoint) -> [String: TuneValue] {
        Dictionary(
            uniqueKeysWithValues: zip(point.names, point.values).map { name, value in
                switch value {
                case .real(let x): (name, .number(x))
                case .integer(let x): (name, .whole(x))
                case .category(let x): (name, .name(x))
                }
            })
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .number(let x): try container.encode(x)
        case .whole(let x): try container.encode(x)
        case .name(let x): try container.encode(x)
        }
    }
}

/// What `heed tune --compare --json` prints.
struct CompareJSON: Encodable {
    var method = PreferentialOptimization.id
    var duels: Int
    var recommendation: [String: TuneValue]
}
