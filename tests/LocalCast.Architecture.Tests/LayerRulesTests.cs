using System.Xml.Linq;

namespace LocalCast.Architecture.Tests;

/// <summary>The rules fail when they should: each is shown a made-up repository that breaks it.</summary>
public sealed class LayerRulesTests
{
    [Fact]
    public void Check_AllowedReferences_FindsNothing() => AssertViolations(
        [],
        new ProjectFile { Name = "LocalCast.Protocol" },
        new ProjectFile { Name = "LocalCast.Transports", Projects = ["LocalCast.Protocol"] },
        new ProjectFile { Name = "LocalCast.Sdk", Projects = ["LocalCast.Transports"], Packages = ["Microsoft.Extensions.Hosting.Abstractions"] },
        new ProjectFile { Name = "LocalCast.Transports.Kestrel", Projects = ["LocalCast.Transports"], Frameworks = ["Microsoft.AspNetCore.App"] },
        new ProjectFile { Name = "LocalCast.Broadcasting", Projects = ["LocalCast.Protocol"], Packages = ["Microsoft.Extensions.Logging.Abstractions"] },
        new ProjectFile { Name = "LocalCast.Agent", Projects = ["LocalCast.Transports.Kestrel"], Packages = ["Serilog"] },
        new ProjectFile { Name = "LocalCast.Cli", Projects = ["LocalCast.Agent", "LocalCast.Sdk"] });

    [Fact]
    public void Check_UnknownProject_IsFound() => AssertViolations(
        ["LocalCast.Utilities is not in the list of layers."],
        new ProjectFile { Name = "LocalCast.Utilities" });

    [Fact]
    public void Check_ReferenceToUnknownProject_IsFound() => AssertViolations(
        ["LocalCast.Sdk references LocalCast.Testing, which is not in the list of layers."],
        new ProjectFile { Name = "LocalCast.Sdk", Projects = ["LocalCast.Testing"] });

    [Theory]
    [InlineData("LocalCast.Protocol", "LocalCast.Transports")]
    [InlineData("LocalCast.Protocol", "LocalCast.Protocol")]
    [InlineData("LocalCast.Broadcasting", "LocalCast.Agent")]
    [InlineData("LocalCast.Supervision", "LocalCast.Mesh")]
    [InlineData("LocalCast.Agent", "LocalCast.Cli")]
    public void Check_ReferenceToLowerLayer_IsFound(string project, string reference) => AssertViolations(
        [$"{project} references {reference}, which is not above it."],
        new ProjectFile { Name = project, Projects = [reference] });

    [Theory]
    [InlineData("LocalCast.Protocol")]
    [InlineData("LocalCast.Sdk")]
    [InlineData("LocalCast.Broadcasting")]
    [InlineData("LocalCast.Mesh")]
    [InlineData("LocalCast.Cli")]
    public void Check_AspNetFramework_IsFound(string project) => AssertViolations(
        [$"{project} references ASP.NET."],
        new ProjectFile { Name = project, Frameworks = ["Microsoft.AspNetCore.App"] });

    [Fact]
    public void Check_AspNetPackage_IsFound() => AssertViolations(
        ["LocalCast.Sdk references ASP.NET."],
        new ProjectFile { Name = "LocalCast.Sdk", Packages = ["Microsoft.AspNetCore.Http.Abstractions"] });

    [Fact]
    public void Check_WebSdk_IsFound() => AssertViolations(
        ["LocalCast.Cli references ASP.NET."],
        new ProjectFile { Name = "LocalCast.Cli", Sdk = "Microsoft.NET.Sdk.Web" });

    [Fact]
    public void Check_AspNetThroughOthers_IsFound() => AssertViolations(
        ["LocalCast.Broadcasting gets ASP.NET through LocalCast.Transports.Kestrel.", "LocalCast.Mesh gets ASP.NET through LocalCast.Transports.Kestrel."],
        new ProjectFile { Name = "LocalCast.Transports.Kestrel", Frameworks = ["Microsoft.AspNetCore.App"] },
        new ProjectFile { Name = "LocalCast.Broadcasting", Projects = ["LocalCast.Transports.Kestrel"] },
        new ProjectFile { Name = "LocalCast.Mesh", Projects = ["LocalCast.Broadcasting"] });

    [Theory]
    [InlineData("LocalCast.Protocol")]
    [InlineData("LocalCast.Transports")]
    public void Check_PackageBelowTheSdk_IsFound(string project) => AssertViolations(
        [$"{project} references the package Some.Package; it may reference none."],
        new ProjectFile { Name = project, Packages = ["Some.Package"] });

    [Theory]
    [InlineData("Serilog")]
    [InlineData("Serilog.Sinks.Console")]
    [InlineData("Microsoft.Extensions.Logging.Abstractions")]
    public void Check_LoggingInTheSdk_IsFound(string package) => AssertViolations(
        [$"LocalCast.Sdk references the logging library {package}."],
        new ProjectFile { Name = "LocalCast.Sdk", Packages = [package] });

    [Fact]
    public void Check_AssemblyFile_IsFound() => AssertViolations(
        ["LocalCast.Mesh references the assembly file Some.dll."],
        new ProjectFile { Name = "LocalCast.Mesh", Assemblies = ["Some.dll"] });

    [Fact]
    public void Parse_ProjectFile_ReadsEveryKindOfReference()
    {
        ProjectFile project = ProjectFile.Parse("X", XDocument.Parse("""
            <Project Sdk="Microsoft.NET.Sdk.Web">
              <ItemGroup Condition="'$(Never)' == 'true'">
                <ProjectReference Include="..\A.B\A.B.csproj; ../C/C.csproj" />
                <PackageReference Include="P" />
              </ItemGroup>
              <Target Name="T"><ItemGroup><FrameworkReference Include="F" /></ItemGroup></Target>
              <ItemGroup><Reference Include="R"><HintPath>r.dll</HintPath></Reference><PackageReference Update="Q" /></ItemGroup>
            </Project>
            """));

        Assert.Equal("Microsoft.NET.Sdk.Web", project.Sdk);
        Assert.Equal(["A.B", "C"], project.Projects);
        Assert.Equal(["P"], project.Packages);
        Assert.Equal(["F"], project.Frameworks);
        Assert.Equal(["R"], project.Assemblies);
    }

    private static void AssertViolations(string[] expected, params ProjectFile[] projects) =>
        Assert.Equal(expected, LayerRules.Check(projects));
}
