import Evaluation
import Testing

@Suite struct MultiplicityTests {
    @Test func adjustedValuesByHand() throws {
        let close = { (a: [Double], b: [Double]) in zip(a, b).allSatisfy { abs($0 - $1) < 1e-12 } }
        #expect(close(try HolmAdjustment().adjust([0.01, 0.04, 0.03]), [0.03, 0.06, 0.06]))
        #expect(close(try BenjaminiHochberg().adjust([0.01, 0.04, 0.03]), [0.03, 0.04, 0.04]))
        #expect(close(try HolmAdjustment().adjust([0.5, 0.9]), [1, 1]))
        #expect(try BenjaminiHochberg().adjust([]).isEmpty)
        #expect(throws: EvaluationError.self) { try HolmAdjustment().adjust([.nan]) }
    }
}
