import Foundation
import Kernels
import Testing

@testable import Bandits

@Suite struct DiversitySearchTests {
    private static func triplets(_ count: Int, _ features: Int, seed: UInt64) -> [Triplet] {
        var random = CounterRandom(seed: seed)
        func item() -> [Double] { (0..<features).map { _ in random.normal() } }
        return (0..<count).map { _ in Triplet(reference: item(), first: item(), second: item()) }
    }

    @Test func turningThePlaneChangesNothing() {
        var random = CounterRandom(seed: 1)
        let map = DiversityProjection(outputs: 2, features: 3, random: &random)
        let (c, s) = (cos(0.7), sin(0.7))
        let w = map.weights
        let turned = DiversityProjection(
            outputs: 2, features: 3,
            weights: (0..<3).map { c * w[$0] - s * w[3 + $0] } + (0..<3).map { s * w[$0] + c * w[3 + $0] })
        let scaled = DiversityProjection(outputs: 2, features: 3, weights: w.map { 3 * $0 })
        let questions = Self.triplets(50, 3, seed: 2)
        let answers = questions.map { $0.first[0] > $0.second[0] }
        let loss = map.loss(questions, secondIsNearer: answers)
        #expect(abs(turned.loss(questions, secondIsNearer: answers) - loss) < 1e-12)
        let accuracy = map.accuracy(questions, secondIsNearer: answers)
        #expect(turned.accuracy(questions, secondIsNearer: answers) == accuracy)
        #expect(scaled.accuracy(questions, secondIsNearer: answers) == accuracy)
    }

    @Test func hingeHasItsGradient() {
        var random = CounterRandom(seed: 3)
        let map = DiversityProjection(outputs: 2, features: 3, random: &random)
        for (i, question) in Self.triplets(10, 3, seed: 4).enumerated() {
            let nearer = i % 2 == 0
            var gradient = [Double](repeating: 0, count: 6)
            map.addGradient(question, nearer ? 1 : -1, 0.05, 1, to: &gradient)
            for k in 0..<6 {
                var up = map.weights, down = map.weights
                up[k] += 1e-6
                down[k] -= 1e-6
                func loss(_ w: [Double]) -> Double {
                    DiversityProjection(outputs: 2, features: 3, weights: w)
                        .loss([question], secondIsNearer: [nearer])
                }
                #expect(abs((loss(up) - loss(down)) / 2e-6 - gradient[k]) < 1e-6)
            }
        }
    }

    @Test func euclideanAnswersAreRecovered() {
        // Labels from distances in the plane: c·I has no loss on questions that are clear enough.
        let identity = DiversityProjection(outputs: 2, features: 2, weights: [2, 0, 0, 2])
        let questions = Self.triplets(400, 2, seed: 5).filter { abs(identity.preference($0)) >= 0.05 }
        let answers = questions.map { identity.preference($0) > 0 }
        #expect(identity.loss(questions, secondIsNearer: answers) == 0)
        // Hidden in five features, the plane is found.
        let hidden = Self.triplets(800, 5, seed: 6)
        let truth = DiversityProjection(outputs: 2, features: 5, weights: [1, 0, 0.5, 0, 0, 0, 1, 0, 0, 0.5])
        let labels = hidden.map { truth.preference($0) > 0 }
        var random = CounterRandom(seed: 7)
        var learnt = DiversityProjection(outputs: 2, features: 5, random: &random)
        learnt.fit(Array(hidden[..<600]), secondIsNearer: Array(labels[..<600]), random: &random)
        #expect(learnt.accuracy(Array(hidden[600...]), secondIsNearer: Array(labels[600...])) > 0.85)
    }

    @Test func archivesOnlyGetBetter() {
        var archive = EliteArchive(cells: 5, lower: [0, -1], upper: [1, 1])
        var random = CounterRandom(seed: 8)
        for _ in 0..<300 {
            let (score, coverage) = (archive.score, archive.coverage)
            let at = [2 * random.uniform() - 0.5, random.normal()]
            archive.insert(.init(solution: at, features: at, quality: random.uniform()), at: at)
            #expect(archive.score >= score && archive.coverage >= coverage)
        }
        #expect(archive.coverage == 1 && archive.elites.count == 25)
        let kept = archive.insert(.init(solution: [], features: [], quality: .nan), at: [0, 0])
        #expect(!kept)
        // Beyond the bounds is the cell at the edge.
        #expect(archive.elite(at: [7, 0]) == archive.elite(at: [0.95, 0]))
    }

    @Test func conforms() throws {
        func judged(_ batch: [[Double]]) -> [EliteArchive.Elite] {
            batch.map { .init(solution: $0, features: [$0[0], $0[0] * $0[1], $0[1]], quality: -abs($0[0])) }
        }
        var search = DiversitySearch(dimension: 2, features: 3, low: -1, high: 1, batch: 5, cells: 8, seed: 3)
        try PolicyConformance.check(
            search, rounds: 10, context: { _ in NoContext() }, outcome: { _, batch in judged(batch) })
        for _ in 0..<10 {
            let batch = search.choose()
            search.learn(batch, judged(batch.action))
        }
        #expect(search.archive.elites.isEmpty && search.heldFeatures.count == 50)
        let questions = search.triplets(40)
        #expect(questions.count == 40 && questions == search.triplets(40))
        #expect(
            questions.allSatisfy {
                $0.reference != $0.first && $0.reference != $0.second && $0.first != $0.second
            })
        search.learn(
            questions,
            secondIsNearer: questions.map {
                abs($0.reference[0] - $0.first[0]) > abs($0.reference[0] - $0.second[0])
            })
        #expect(search.isReady && !search.archive.elites.isEmpty && search.triplets(40) != questions)
        let seen = search.journal.decided
        let batch = search.choose()
        #expect(batch.id == seen)
        let before = search.archive.score
        search.learn(batch, judged(batch.action))
        #expect(search.archive.coverage > 0 && search.archive.score <= 0 && before <= 0)
    }
}
