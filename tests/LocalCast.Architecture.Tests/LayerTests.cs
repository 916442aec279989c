using System.Xml.Linq;

namespace LocalCast.Architecture.Tests;

/// <summary>The layers of the repository as it is.</summary>
public sealed class LayerTests
{
    [Fact]
    public void Source_EveryProject_KeepsTheLayers()
    {
        IReadOnlyList<ProjectFile> projects = Repository.SourceProjects();

        Assert.Contains(projects, project => project.Name == "LocalCast.Protocol"); // or nothing was checked
        Assert.Empty(LayerRules.Check(projects));
    }

    [Fact]
    public void Source_EveryFolder_IsALayerWithItsProject()
    {
        string[] folders = [.. Directory.EnumerateDirectories(Repository.Source).Select(folder => Path.GetFileName(folder)).Order()];

        Assert.NotEmpty(folders);
        Assert.Empty(folders.Except(LayerRules.Layers));
        Assert.All(folders, folder => Assert.True(
            File.Exists(Path.Combine(Repository.Source, folder, folder + ".csproj")),
            $"src/{folder} has no {folder}.csproj."));
        Assert.Equal(folders, Repository.SourceProjects().Select(project => project.Name).Order());
    }

    // What the rules read is the project files; a package that every project gets from elsewhere must be build-time only.
    [Theory]
    [InlineData("Directory.Build.props")]
    [InlineData("Directory.Build.targets")]
    [InlineData("Directory.Packages.props")]
    [InlineData("src/Directory.Build.props")]
    public void SharedFile_References_AreAnalyzersOnly(string file)
    {
        XDocument document = XDocument.Load(Path.Combine(Repository.Root, file));
        ProjectFile asProject = ProjectFile.Parse(file, document);

        Assert.Empty(asProject.Projects);
        Assert.Empty(asProject.Frameworks);
        Assert.Empty(asProject.Assemblies);
        Assert.All(
            document.Descendants().Where(element => element.Name.LocalName is "PackageReference" or "GlobalPackageReference"),
            package => Assert.Equal("all", (string?)package.Attribute("PrivateAssets")));
    }
}
