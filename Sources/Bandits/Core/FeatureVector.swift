/// Numbers that describe something, all of them or only those that are not zero.
///
/// ```swift
/// let dense: FeatureVector = [1, 0.5, 0]
/// let sparse = FeatureVector(indices: [3, 900], values: [1, 0.2])
/// ```
public struct FeatureVector: Sendable, Hashable, Codable, ExpressibleByArrayLiteral {
    /// The places of the values, each once; empty for a dense vector.
    public private(set) var indices: [Int32]
    /// The values.
    public private(set) var values: [Double]

    /// Creates a dense vector.
    public init(_ values: [Double] = []) {
        indices = []
        self.values = values
    }

    /// Creates a sparse vector.
    ///
    /// - Precondition: as many indices as values, none negative, each once.
    public init(indices: [Int32], values: [Double]) {
        precondition(indices.count == values.count, "a sparse vector needs one index for each value")
        precondition(indices.allSatisfy { $0 >= 0 }, "an index of a sparse vector is negative")
        self.indices = indices
        self.values = values
    }

    /// Reads a vector.
    ///
    /// - Throws: `DecodingError` where the indices do not fit the values, or one is negative.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        indices = try container.decode([Int32].self, forKey: .indices)
        values = try container.decode([Double].self, forKey: .values)
        guard indices.isEmpty || indices.count == values.count, indices.allSatisfy({ $0 >= 0 }) else {
            throw DecodingError.dataCorruptedError(
                forKey: .indices, in: container, debugDescription: "not one index for each value")
        }
    }

    private enum CodingKeys: String, CodingKey {
        case indices
        case values
    }

    /// Creates a dense vector.
    public init(arrayLiteral elements: Double...) { self.init(elements) }

    /// Whether every place has a value.
    public var isDense: Bool { indices.isEmpty }

    /// One more than the last place that has a value.
    public var dimension: Int {
        isDense ? values.count : indices.reduce(0) { max($0, Int($1) + 1) }
    }

    /// All values, zeros included.
    ///
    /// - Precondition: `dimension <= count`.
    public func dense(_ count: Int) -> [Double] {
        if isDense, values.count == count { return values }
        precondition(dimension <= count, "a vector of \(dimension) features where there is room for \(count)")
        var all = [Double](repeating: 0, count: count)
        if isDense {
            for (i, value) in values.enumerated() { all[i] = value }
        } else {
            for (place, value) in zip(indices, values) { all[Int(place)] = value }
        }
        return all
    }

    /// The inner product with weights from `offset` on.
    @inline(__always)
    public func dot(_ weights: UnsafeBufferPointer<Double>, offset: Int = 0) -> Double {
        var sum = 0.0
        if indices.isEmpty {
            for i in 0..<values.count { sum += values[i] * weights[offset + i] }
        } else {
            for i in 0..<values.count { sum += values[i] * weights[offset + Int(indices[i])] }
        }
        return sum
    }

    /// Visits every place that has a value.
    @inline(__always)
    public func forEach(_ body: (_ place: Int, _ value: Double) -> Void) {
        values.withUnsafeBufferPointer { values in
            if indices.isEmpty {
                for i in 0..<values.count { body(i, values[i]) }
            } else {
                indices.withUnsafeBufferPointer { indices in
                    for i in 0..<values.count { body(Int(indices[i]), values[i]) }
                }
            }
        }
    }
}
