import Kernels
import Testing

@testable import Bandits

@Suite struct SearchSpaceTests {
    @Test func textsAreRead() throws {
        let space = try SearchSpace(parsing: [
            "lr=log:1e-5..1e-1", "layers=int:1..8", "act=relu|tanh|gelu", "width = logint:1..1024",
            "x=-1..2.5",
        ])
        #expect(
            space.parameters.map(\.kind) == [
                .real(low: 1e-5, high: 0.1, log: true), .integer(low: 1, high: 8, log: false),
                .categorical(["relu", "tanh", "gelu"]), .integer(low: 1, high: 1024, log: true),
                .real(low: -1, high: 2.5, log: false),
            ])
        #expect(space.dimension == 7)
        for parameter in space.parameters {
            #expect(try SearchParameter(parsing: parameter.description) == parameter)
        }
    }

    @Test(arguments: [
        "lr", "=0..1", "a b=0..1", "lr=", "lr=1", "lr=1..0", "lr=0..inf", "lr=log:0..1", "n=int:1..1",
        "n=int:1.5..3",
        "n=logint:0..8", "lr=exp:1..2", "a=x|x", "a=x|", "lr=1..2..3", "lr=one..two",
    ])
    func badTextsAreRefusedWithTheirText(_ text: String) throws {
        let error = #expect(throws: BanditError.self) { try SearchSpace(parsing: [text]) }
        let body = text.split(separator: "=").last.map(String.init) ?? ""
        #expect(error?.description.contains(body) == true || body.contains("..") || text.isEmpty)
    }

    @Test func namesAreUnique() {
        #expect(throws: BanditError.self) { try SearchSpace(parsing: ["x=0..1", "x=0..2"]) }
        #expect(throws: BanditError.self) { try SearchSpace([]) }
    }

    @Test func pointsSurviveTheUnitCube() throws {
        let space = try SearchSpace(parsing: [
            "lr=log:1e-5..1e-1", "layers=int:-2..5", "act=relu|tanh", "n=logint:1..100",
        ])
        var random = CounterRandom(seed: 3)
        var layers = [Int](repeating: 0, count: 8)
        for _ in 0..<4000 {
            let point = space.randomPoint(&random)
            let unit = try #require(space.encode(point))
            #expect(unit.allSatisfy { $0 >= 0 && $0 <= 1 })
            let back = space.decode(unit)
            #expect(Array(back.values[1...]) == Array(point.values[1...]))
            #expect(abs(back.number("lr")! / point.number("lr")! - 1) < 1e-12)
            layers[Int(point.number("layers")!) + 2] += 1
        }
        // Every whole number as often as every other: 500 ± 5 standard deviations.
        #expect(layers.allSatisfy { abs($0 - 500) < 105 }, "\(layers)")
        #expect(throws: BanditError.self) {
            try space.point([.real(1), .integer(0), .category("relu"), .integer(3)])
        }
        #expect(throws: BanditError.self) { try space.point([.real(0.01)]) }
        let point = try space.point([.real(0.01), .integer(0), .category("tanh"), .integer(3)])
        #expect(point.description == "lr=0.01 layers=0 act=tanh n=3")
        #expect(point["act"] == .category("tanh") && point["none"] == nil && point.number("act") == nil)
    }

    @Test func latinHypercubesUseEveryInterval() {
        var random = CounterRandom(seed: 5)
        let rows = SearchSpace.unitCube(3).latinHypercube(10, &random)
        for j in 0..<3 { #expect(Set(rows.map { Int($0[j] * 10) }) == Set(0..<10)) }
    }
}
