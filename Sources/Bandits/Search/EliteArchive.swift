/// A grid that keeps the best solution found in each of its cells.
///
/// Source: Mouret and Clune, "Illuminating Search Spaces by Mapping Elites" (2015). Coordinates beyond
/// the bounds count for the cells at the edge.
public struct EliteArchive: Sendable, Hashable, Codable {
    /// A solution with what is known of it.
    public struct Elite: Sendable, Hashable, Codable {
        /// The solution.
        public let solution: [Double]
        /// Its features.
        public let features: [Double]
        /// How good it is; the larger the better.
        public let quality: Double

        /// Creates an elite.
        public init(solution: [Double], features: [Double], quality: Double) {
            self.solution = solution
            self.features = features
            self.quality = quality
        }
    }

    /// The number of cells along each axis.
    public let cells: Int
    /// The lower bounds of the coordinates.
    public let lower: [Double]
    /// The upper bounds of the coordinates.
    public let upper: [Double]
    /// The elites, in the order in which their cells were filled.
    public private(set) var elites: [Elite] = []
    /// The place in `elites` of each cell; −1 for an empty one.
    private var places: [Int32]

    /// Creates an empty archive.
    ///
    /// - Precondition: at least one cell and one axis; a lower bound for each upper one.
    public init(cells: Int, lower: [Double], upper: [Double]) {
        precondition(
            cells > 0 && !lower.isEmpty && lower.count == upper.count, "an archive needs cells and bounds")
        self.cells = cells
        self.lower = lower
        self.upper = upper
        let count = lower.reduce(1) { product, _ in product * cells }
        places = [Int32](repeating: -1, count: count)
    }

    /// The number of all cells.
    public var capacity: Int { places.count }
    /// The share of the cells that are filled.
    public var coverage: Double { Double(elites.count) / Double(capacity) }
    /// The sum of the qualities over the number of all cells.
    public var score: Double { elites.reduce(0) { $0 + $1.quality } / Double(capacity) }

    /// The elite of a point's cell; `nil` where it is empty.
    public func elite(at coordinates: [Double]) -> Elite? {
        let place = places[cell(coordinates)]
        return place < 0 ? nil : elites[Int(place)]
    }

    /// Keeps a solution if its cell is empty or it is better than the one there.
    ///
    /// - Returns: Whether it was kept.
    @discardableResult
    public mutating func insert(_ elite: Elite, at coordinates: [Double]) -> Bool {
        guard elite.quality.isFinite else { return false }
        let cell = cell(coordinates)
        let place = Int(places[cell])
        if place < 0 {
            places[cell] = Int32(elites.count)
            elites.append(elite)
        } else if elite.quality > elites[place].quality {
            elites[place] = elite
        } else {
            return false
        }
        return true
    }

    private func cell(_ coordinates: [Double]) -> Int {
        precondition(coordinates.count == lower.count, "a point has one coordinate for each axis")
        var index = 0
        for (k, z) in coordinates.enumerated() {
            let width = upper[k] - lower[k]
            let at = width > 0 ? (z - lower[k]) / width * Double(cells) : 0
            index = index * cells + Int(min(max(at, 0), Double(cells) - 1))
        }
        return index
    }
}
