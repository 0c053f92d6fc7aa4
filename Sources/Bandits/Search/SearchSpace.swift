import Kernels

/// The parameters to be chosen together, and what values each can have.
///
/// Methods work in the unit cube: a number becomes one coordinate, on its own scale; a whole number the
/// middle of its share of the unit interval; a name a coordinate for each category.
///
/// ```swift
/// let space = try SearchSpace(parsing: ["lr=log:1e-5..1e-1", "layers=int:1..8", "act=relu|tanh"])
/// ```
public struct SearchSpace: Sendable, Hashable, Codable {
    /// The parameters.
    public let parameters: [SearchParameter]
    /// The number of coordinates of a point in the unit cube.
    let dimension: Int
    /// The parameter that each coordinate belongs to.
    let groups: [Int]
    /// Whether each coordinate can have every value in [0, 1].
    let isReal: [Bool]

    /// Creates a space.
    ///
    /// - Throws: `BanditError.setting` where there is no parameter or two have one name.
    public init(_ parameters: [SearchParameter]) throws {
        guard !parameters.isEmpty else {
            throw BanditError.setting(
                name: "the search space", value: "empty", expected: "at least one parameter")
        }
        for (i, parameter) in parameters.enumerated()
        where parameters[..<i].contains(where: { $0.name == parameter.name }) {
            throw BanditError.setting(
                name: "parameter \(parameter.name)", value: "there twice", expected: "named only once")
        }
        self.parameters = parameters
        dimension = parameters.reduce(0) { $0 + $1.width }
        groups = parameters.enumerated().flatMap { [Int](repeating: $0.offset, count: $0.element.width) }
        isReal = parameters.flatMap { [Bool](repeating: $0.isReal, count: $0.width) }
    }

    /// Reads a space from the text forms of its parameters.
    ///
    /// - Throws: `BanditError.setting` with the offending text.
    public init(parsing texts: [String]) throws { try self.init(texts.map(SearchParameter.init(parsing:))) }

    /// The unit cube of a dimension, with parameters x1, x2, …
    ///
    /// - Precondition: `dimension > 0`.
    public static func unitCube(_ dimension: Int) -> SearchSpace {
        precondition(dimension > 0, "a cube has at least one dimension")
        return try! SearchSpace(
            (1...dimension).map { try! SearchParameter("x\($0)", .real(low: 0, high: 1, log: false)) })
    }

    /// The point with these values, in the parameters' order.
    ///
    /// - Throws: `BanditError.setting` where a value is outside its range.
    public func point(_ values: [SearchValue]) throws -> SearchPoint {
        guard values.count == parameters.count else {
            throw BanditError.setting(
                name: "a point", value: "\(values.count) values",
                expected: "one value for each of \(parameters.count) parameters")
        }
        var unit: [Double] = []
        for (parameter, value) in zip(parameters, values) where !parameter.encode(value, into: &unit) {
            throw BanditError.setting(
                name: parameter.name, value: value.description, expected: "in \(parameter)")
        }
        return SearchPoint(names: parameters.map(\.name), values: values)
    }

    /// A point spread evenly over the space.
    public func randomPoint(_ random: inout CounterRandom) -> SearchPoint { decode(randomUnit(&random)) }
}

extension SearchSpace {
    /// The point at coordinates in the unit cube.
    func decode(_ unit: [Double]) -> SearchPoint {
        var values: [SearchValue] = []
        var start = 0
        for parameter in parameters {
            values.append(parameter.decode(unit, at: start))
            start += parameter.width
        }
        return SearchPoint(names: parameters.map(\.name), values: values)
    }

    /// The coordinates of a point; `nil` where it is not one of this space.
    func encode(_ point: SearchPoint) -> [Double]? {
        guard point.values.count == parameters.count else { return nil }
        var unit: [Double] = []
        unit.reserveCapacity(dimension)
        for (parameter, value) in zip(parameters, point.values) where !parameter.encode(value, into: &unit) {
            return nil
        }
        return unit
    }

    /// Moves coordinates to those of the point that they stand for.
    func snapped(_ unit: [Double]) -> [Double] {
        if isReal.allSatisfy({ $0 }) { return unit.map { min(max($0, 0), 1) } }
        return encode(decode(unit)) ?? unit
    }

    func randomUnit(_ random: inout CounterRandom) -> [Double] {
        snapped((0..<dimension).map { _ in random.uniform() })
    }

    /// Coordinates near others: numbers move by `scale`, whole numbers by at least a step half of the
    /// time, names seldom.
    func neighbour(_ unit: [Double], scale: Double, _ random: inout CounterRandom) -> [Double] {
        var result = unit
        var start = 0
        for parameter in parameters {
            switch parameter.kind {
            case .real: result[start] = min(max(unit[start] + scale * random.normal(), 0), 1)
            case .integer(let low, let high, _):
                let step = 1 / Double(high - low + 1)
                if random.bernoulli(0.5) {
                    result[start] = min(max(unit[start] + max(scale, step) * random.normal(), 0), 1)
                }
            case .categorical(let names):
                if random.bernoulli(0.2) {
                    let chosen = random.below(names.count)
                    for k in names.indices { result[start + k] = k == chosen ? 1 : 0 }
                }
            }
            start += parameter.width
        }
        return snapped(result)
    }

    /// A Latin hypercube: in every coordinate each of `count` equal intervals is used once.
    func latinHypercube(_ count: Int, _ random: inout CounterRandom) -> [[Double]] {
        var points = [[Double]](repeating: [Double](repeating: 0, count: dimension), count: count)
        for j in 0..<dimension {
            for (i, cell) in random.permutation(count).enumerated() {
                points[i][j] = (Double(cell) + random.uniform()) / Double(count)
            }
        }
        return points.map(snapped)
    }
}
