/// Estimates what a policy that shows slates would have earned from what another one showed.
///
/// The contributions of a ``ValueEstimate`` have one entry for each slate.
public protocol SlateEstimator: Sendable {
    /// The method's id.
    static var id: String { get }
    /// Estimates the value V = E[Σₗ rₗ] of a slate under the policy to be valued.
    ///
    /// - Throws: `BanditError` where the sample lacks what the method needs.
    func estimate(_ sample: SlateSample) throws(BanditError) -> ValueEstimate
}

extension SlateSample {
    /// Σₗ value(cell) of every slate.
    @inline(__always)
    func sums(_ value: (Int) -> Double) -> [Double] {
        (0..<count).map { slate in
            var sum = 0.0
            for cell in slate * length..<(slate + 1) * length { sum += value(cell) }
            return sum
        }
    }

    /// Makes sure that the chances of an action at its position are there.
    func requirePositions(_ id: String) throws(BanditError) {
        guard !positionPropensity.isEmpty else {
            throw .data("\(id) needs the probability of each action at its position, and the sample has none")
        }
    }
}
